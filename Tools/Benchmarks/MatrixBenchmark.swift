// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyAnalysis
import PolicyDocuments
import PolicyModel
import PolicyTestKit

/// Who reaches whom: from manifests to the JSON of every pair, in clusters of growing size. Once of
/// the usual shape, and once with as many policies as pods and every pod unlike every other, so that
/// no pair is worked out like another.
struct MatrixBenchmark {
    let report: Report
    let runs: Int

    func run() {
        measure("") { LargeCluster(pods: $0, policies: $0 / 10, localPods: $0).state() }
        measure(", all different") { Self.allDifferent($0) }
    }

    private func measure(_ shape: String, _ cluster: (Int) -> ClusterState) {
        var previous: (size: Int, median: Double)?
        for size in [250, 500, 1_000] {
            let text = JSONManifests(cluster(size)).text
            var bytes = 0
            let sample = Sample(runs: runs) {
                bytes = 0
                let documents = DocumentDecoder(readsWorkloads: true)
                    .decode([Source(name: "cluster.json", text: text)])
                let cluster = AnalysedCluster(ClusterAssembly(documents))
                ConnectionList(Reachability(cluster)).write { bytes += $0.count }
            }
            report.print(.init(name: "\(size) pods\(shape)", unit: "ms", ours: sample))
            if let previous {
                let growth = sample.median / previous.median
                report.note(
                    "pairs grew 4 times, time \(growth.rounded(to: 2)) times; \(bytes >> 20) MB")
            }
            previous = (size, sample.median)
        }
    }

    /// Each pod has a label and a policy of its own, which lets in three others on a port of theirs.
    private static func allDifferent(_ count: Int) -> ClusterState {
        let selector = { (number: Int) in
            EndpointSelector(
                namespaces: .any,
                labels: .isOneOf(key: "number", values: ["\(number % count)"]))
        }
        return ClusterState(
            namespaces: [Namespace(name: "shop")],
            endpoints: (0..<count).map { number in
                Endpoint(
                    id: EndpointID(namespace: "shop", name: "pod-\(number)"),
                    labels: ["number": "\(number)"], node: "node-0",
                    addresses: [.ipv4(0x0a00_0001 + UInt32(number))])
            },
            policies: (0..<count).map { number in
                let port = UInt16(8_000 + number % 50)
                return Policy(
                    id: PolicyID(
                        kind: "NetworkPolicy", namespace: "shop", name: "policy-\(number)"),
                    subject: EndpointSelector(
                        namespaces: .named("shop"), labels: selector(number).labels),
                    ingress: [1, 7, 31].map { distance in
                        Rule(
                            .allow, peers: .only([.endpoints(selector(number + distance))]),
                            ports: .only([.numbers(.tcp, port...port + UInt16(distance))]))
                    })
            })
    }
}
