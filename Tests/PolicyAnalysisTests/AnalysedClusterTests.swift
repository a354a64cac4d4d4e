// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyAnalysis
import PolicyDocuments
import PolicyModel
import Testing

struct AnalysedClusterTests {
    private func names(_ cluster: AnalysedCluster) -> [String] {
        cluster.state.endpoints.map(\.id.description)
    }

    @Test("S79: a workload without pods is an endpoint")
    func aWorkloadWithoutPodsIsAnEndpoint() throws {
        let cluster = cluster(workload("Deployment", "web"))
        let endpoint = try #require(cluster.state.endpoints.first)
        #expect(names(cluster) == ["shop/web"])
        #expect(endpoint.labels == ["app": "web"])
        #expect(endpoint.addresses.map(\.family) == [.ipv4, .ipv6])
        #expect(cluster.workloads[endpoint.id]?.description == "shop/deployment/web")
    }

    @Test("S79: running pods speak for their workload")
    func runningPodsSpeakForTheirWorkload() {
        let cluster = cluster(
            workload("Deployment", "web")
                + workload("ReplicaSet", "web-7d4", owner: "Deployment/web")
                + workload("ReplicaSet", "web-6c3", owner: "Deployment/web")
                + pod("web-7d4-x", "10.0.0.1", owner: "ReplicaSet/web-7d4"))
        #expect(names(cluster) == ["shop/web-7d4-x"])
    }

    @Test("where the input lacks the object in between, its name tells the owner")
    func theOwnerInBetweenMayBeMissing() {
        let cluster = cluster(
            workload("Deployment", "web")
                + pod("web-7d4-x", "10.0.0.1", owner: "ReplicaSet/web-7d4")
                + workload("Deployment", "web-2"))
        #expect(names(cluster) == ["shop/web-2", "shop/web-7d4-x"])
    }

    @Test func theYoungestSpeaksForAnOwnerThatIsMissing() {
        let cluster = cluster(
            workload("ReplicaSet", "web-6c3", owner: "Deployment/web")
                + workload("ReplicaSet", "web-7d4", owner: "Deployment/web"))
        #expect(names(cluster) == ["shop/web"])
        #expect(cluster.state.endpoints.first?.labels == ["app": "web-7d4"])
    }

    @Test func equalNamesAreToldApartByTheKind() {
        let cluster = cluster(
            workload("Deployment", "web") + workload("StatefulSet", "web")
                + workload("DaemonSet", "agent") + pod("agent", "10.0.0.1"))
        #expect(
            names(cluster) == [
                "shop/agent", "shop/daemonset/agent", "shop/deployment/web", "shop/statefulset/web",
            ])
    }

    @Test(arguments: [
        ("shop/web", ["shop/web-1-x", "shop/web-1-y"]),
        ("shop/deployment/web", ["shop/web-1-x", "shop/web-1-y"]),
        ("shop/web-1-x", ["shop/web-1-x"]), ("shop/idle", ["shop/idle"]),
        ("shop/deployment/idle", ["shop/idle"]), ("shop/statefulset/idle", []), ("idle", []),
    ])
    func endpointsAreFoundByTheirOwnNameOrTheirWorkloads(_ name: String, _ found: [String]) {
        let cluster = cluster(
            workload("Deployment", "web") + workload("Deployment", "idle")
                + pod("web-1-y", "10.0.0.2", owner: "ReplicaSet/web-1")
                + pod("web-1-x", "10.0.0.1", owner: "ReplicaSet/web-1"))
        #expect(cluster.endpoints(named: name).map(\.id.description) == found)
    }

    @Test("S12: a pod without an address gets one of each family that the cluster uses")
    func familiesAreTheClusters() {
        let single = cluster(pod("a", "10.0.0.1") + pod("b"))
        #expect(single.state.endpoints.map { $0.addresses.map(\.family) } == [[.ipv4], [.ipv4]])
        let dual = cluster(pod("a", "10.0.0.1", "fd00::1") + pod("b"))
        #expect(dual.state.endpoints.last?.addresses.map(\.family) == [.ipv4, .ipv6])
    }

    @Test("S20: a pod that has lost its address to another gets one of its own")
    func everyAddressHasOneOwner() {
        let cluster = cluster(pod("a", "10.0.0.1") + pod("b", "10.0.0.1"))
        let addresses = cluster.state.endpoints.flatMap(\.addresses)
        #expect(addresses.first == IPAddress("10.0.0.1"))
        #expect(addresses.count == 2 && Set(addresses).count == 2)
    }

    @Test("S79: no workload takes the place of a host that policies single out")
    func hostsKeepTheirAddresses() throws {
        let cluster = cluster(
            workload("Deployment", "web") + pod("a", "10.0.0.1")
                + """
                ---
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: p, namespace: shop}
                spec:
                  podSelector: {}
                  egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.20.30.40/32, 10.9.8.0/25]}}]}]

                """)
        let workload = try #require(cluster.workloads.keys.first)
        let endpoint = try #require(cluster.state.endpoints.first { $0.id == workload })
        #expect(endpoint.addresses.map(\.description) == ["198.18.0.0"])
    }

    @Test(
        "S79: no block holds the new addresses, where one is to be had that none holds",
        arguments: [
            "{cidr: 198.18.0.0/15}", "{cidr: 128.0.0.0/1}", "{cidr: '::/0'}",
            "{cidr: 0.0.0.0/0, except: [10.0.0.0/8]}", "{cidr: 198.18.0.0/31}",
            "{cidr: 'fc00::/7'}",
        ])
    func blocksAreAvoided(_ block: String) throws {
        let cluster = cluster(policy(block: block) + workload("Deployment", "a") + pod("b"))
        guard case .only(let peers) = cluster.state.policies[0].egress?[0].peers,
            case .network(let block, let exceptions) = peers[0]
        else { throw MissingBlock() }
        let held = AddressSet([block]).subtracting(AddressSet(exceptions))
        let addresses = cluster.state.endpoints.flatMap(\.addresses)
        #expect(Set(addresses).count == 4)
        for address in addresses where block.prefixLength > 0 || !exceptions.isEmpty {
            #expect(!held.contains(address), "\(address)")
        }
    }

    private struct MissingBlock: Error {}

    @Test("S14: a workload on the host network is known and not policed")
    func hostNetwork() {
        let cluster = cluster(
            """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: proxy}
            spec: {template: {spec: {hostNetwork: true}}}
            """)
        #expect(cluster.state.endpoints.map(\.isPoliced) == [false])
        #expect(cluster.state.endpoints.map(\.addresses) == [[]])
    }
}
