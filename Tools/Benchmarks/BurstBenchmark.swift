// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NodeCompiler
import PolicyModel
import PolicyTestKit

/// Batches and objects of hostile sizes, each at two sizes of which one is twice the other: what
/// grows much more than twofold is not fit for them.
struct BurstBenchmark {
    let report: Report
    let runs: Int

    func run() throws {
        try measure("namespace relabelled, pods", 20_000, relabelled)
        try measure("pods join and leave sets of two peers in one batch", 10_000, exchanged)
        try measure("pods join in one batch", 10_000, joined)
        try measure("selector with values", 1_000, manyValues)
        try measure("policies that select one pod come and go", 5_000, manyPolicies)
        try measure("policies of pods of their own come and go in one batch", 2_000, ownPolicies)
        try measure("pod with labels changes, beside 100,000 pods", 64, manyLabels)
    }

    private func measure(
        _ name: String, _ size: Int, _ scene: (Int) -> (LiveCompilation, [[ClusterChange]])
    ) throws {
        for size in [size / 2, size] {
            let clock = ContinuousClock()
            var times: [Double] = []
            for _ in 0..<runs {
                let (live, batches) = scene(size)
                times.append(
                    clock.measure { for batch in batches { _ = live.apply(batch) } }.milliseconds)
            }
            report.print(.init(name: "\(name): \(size)", unit: "ms", ours: Sample(times)))
        }
    }

    private static let node = "a"

    private func pod(
        _ number: Int, _ labels: [String: String] = ["app": "web"], node: String = "b"
    ) -> Endpoint {
        Endpoint(
            id: EndpointID(namespace: "shop", name: "pod-\(number)"), labels: labels, node: node,
            addresses: [.ipv4(0x0a00_0000 + UInt32(number))])
    }

    private func web(_ namespaces: NamespaceScope) -> Peer {
        .endpoints(
            EndpointSelector(
                namespaces: namespaces, labels: .isOneOf(key: "app", values: ["web"])))
    }

    private func policy(
        _ name: String, _ peers: [Peer], of subject: Selector = .everything, port: UInt16 = 80
    ) -> Policy {
        Policy(
            id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: name), order: 1000,
            subject: EndpointSelector(namespaces: .named("shop"), labels: subject),
            ingress: [
                Rule(.allow, peers: .only(peers), ports: .only([.numbers(.tcp, port...port)]))
            ])
    }

    private func live(_ endpoints: [Endpoint], _ policies: [Policy]) -> LiveCompilation {
        let live = LiveCompilation(node: Self.node)
        let state = ClusterState(
            namespaces: [Namespace(name: "shop", labels: ["team": "red"])], endpoints: endpoints,
            policies: policies)
        _ = live.apply(state.asChanges)
        return live
    }

    private func team(_ color: String) -> NamespaceScope {
        .labelled(.isOneOf(key: "team", values: [color]))
    }

    private func relabelled(_ size: Int) -> (LiveCompilation, [[ClusterChange]]) {
        let policies = [
            policy("red", [web(team("red"))]),
            policy("both", [web(team("blue")), web(team("red")), web(.any)], port: 81),
        ]
        let live = live([pod(0, node: Self.node)] + (1..<size).map { pod($0) }, policies)
        let namespace = Namespace(name: "shop", labels: ["team": "blue"])
        return (live, [[.namespace("shop", namespace)]])
    }

    private func exchanged(_ size: Int) -> (LiveCompilation, [[ClusterChange]]) {
        func app(_ value: String) -> Peer {
            .endpoints(
                EndpointSelector(
                    namespaces: .any, labels: .isOneOf(key: "app", values: [value])))
        }
        let live = live(
            [pod(0, node: Self.node)] + (1..<size).map { pod($0, ["app": "web"]) },
            [policy("two", [app("web"), app("api")])])
        let changes = (1..<size).map { number -> ClusterChange in
            let new = pod(number, ["app": "api"])
            return .endpoint(new.id, new)
        }
        return (live, [changes])
    }

    private func joined(_ size: Int) -> (LiveCompilation, [[ClusterChange]]) {
        let live = live([pod(0, node: Self.node)], [policy("web", [web(.any), web(team("red"))])])
        let pods = (1..<size).map { pod($0) }
        return (live, [pods.map { .endpoint($0.id, $0) }, pods.map { .endpoint($0.id, nil) }])
    }

    private func manyValues(_ size: Int) -> (LiveCompilation, [[ClusterChange]]) {
        let peers = Peer.endpoints(
            EndpointSelector(
                namespaces: .any,
                labels: .isOneOf(key: "app", values: (0..<size).map { "app-\($0)" })))
        let pods = (1..<10_000).map { pod($0, ["app": "app-\($0 % size)"]) }
        let live = live([pod(0, node: Self.node)], [])
        let policy = policy("many", [peers])
        return (live, [[.policy(policy.id, policy)], pods.map { .endpoint($0.id, $0) }])
    }

    private func manyPolicies(_ size: Int) -> (LiveCompilation, [[ClusterChange]]) {
        let live = live([pod(0, node: Self.node)], [])
        let policies = (0..<size).map {
            policy("p-\($0)", [web(.any)], of: .isOneOf(key: "app", values: ["web"]))
        }
        return (
            live,
            [policies.map { .policy($0.id, $0) }, policies.map { .policy($0.id, nil) }]
        )
    }

    private func ownPolicies(_ size: Int) -> (LiveCompilation, [[ClusterChange]]) {
        let live = live((0..<size).map { pod($0, ["app": "app-\($0)"], node: Self.node) }, [])
        let policies = (0..<size).map {
            policy(
                "p-\($0)",
                [
                    .endpoints(
                        EndpointSelector(
                            namespaces: .any,
                            labels: .isOneOf(key: "app", values: ["app-\($0 + 1)"])))
                ], of: .isOneOf(key: "app", values: ["app-\($0)"]))
        }
        return (
            live,
            [policies.map { .policy($0.id, $0) }, policies.map { .policy($0.id, nil) }]
        )
    }

    private func manyLabels(_ size: Int) -> (LiveCompilation, [[ClusterChange]]) {
        let live = live(
            [pod(0, node: Self.node)] + (1..<100_000).map { pod($0) },
            [policy("web", [web(.any)])])
        func labels(_ value: String) -> [String: String] {
            Dictionary(uniqueKeysWithValues: (0..<size).map { ("key-\($0)", value) })
        }
        return (
            live,
            (0..<50).map { turn in
                let pod = pod(70_000, labels("v\(turn % 2)"))
                return [.endpoint(pod.id, pod)]
            }
        )
    }
}
