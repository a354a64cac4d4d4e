// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import Testing

/// The behaviours that are about change, one at a time.
@Suite struct LiveBehaviourTests {
    private static let web = Endpoint(
        id: EndpointID(namespace: "shop", name: "web"), labels: ["app": "web"], node: "node-a",
        addresses: [.ipv4(0x0a00_0001)])
    private static let front = Endpoint(
        id: EndpointID(namespace: "team", name: "front"), labels: ["app": "front"],
        node: "node-b", addresses: [.ipv4(0x0a00_0002)])
    /// Lets pods `app=front` of namespaces `stage=prod` reach `shop/web`.
    private static let policy = Policy(
        id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: "allow-front"),
        subject: EndpointSelector(
            namespaces: .named("shop"), labels: .isOneOf(key: "app", values: ["web"])),
        ingress: [
            Rule(
                .allow,
                peers: .only([
                    .endpoints(
                        EndpointSelector(
                            namespaces: .labelled(.isOneOf(key: "stage", values: ["prod"])),
                            labels: .isOneOf(key: "app", values: ["front"])))
                ]))
        ])

    private let live = LiveCompilation(node: "node-a")

    init() {
        change(.tier(Tier.standard.name, .standard))
        change(.namespace("team", Namespace(name: "team", labels: ["stage": "prod"])))
        change(.policy(Self.policy.id, Self.policy))
        change(.endpoint(Self.web.id, Self.web))
        change(.endpoint(Self.front.id, Self.front))
    }

    @discardableResult
    private func change(_ change: ClusterChange...) -> TableChange? {
        guard case .change(let result) = live.apply(change) else { return nil }
        return result
    }

    /// The IPv4 addresses that may reach `shop/web`.
    private var allowed: [UInt32] {
        let sets = live.table.sets.filter { $0.name.hasPrefix("pods4-") }
        guard sets.count == 1, case .ipv4(let addresses) = sets[0].elements else { return [] }
        return addresses
    }

    /// The addresses whose ingress policies govern.
    private var governed: Int {
        live.table.sets.first { $0.name == "ingress4" }?.elements.count ?? 0
    }

    @Test("S11: a namespace that gets other labels, and one whose object goes, change memberships")
    func namespaceLabels() {
        #expect(allowed == [0x0a00_0002])
        change(.namespace("team", Namespace(name: "team", labels: ["stage": "test"])))
        #expect(allowed == [])
        change(.namespace("team", Namespace(name: "team", labels: ["stage": "prod"])))
        #expect(allowed == [0x0a00_0002])
        change(.namespace("team", nil))
        #expect(allowed == [])
    }

    @Test("S11: a pod that gets other labels leaves and joins sets, and no rule changes")
    func podLabels() {
        var relabelled = Self.front
        relabelled.labels["app"] = "back"
        let left = change(.endpoint(relabelled.id, relabelled))
        #expect(allowed == [])
        #expect(left?.elements.count == 1 && left?.newChains == [] && left?.goneSets == [])
        change(.endpoint(Self.front.id, Self.front))
        #expect(allowed == [0x0a00_0002])
    }

    @Test("S12: a pod without an address is nobody; its address counts when it comes")
    func lateAddress() {
        var early = Self.front
        early.addresses = []
        change(.endpoint(early.id, early))
        #expect(allowed == [])
        change(.endpoint(Self.front.id, Self.front))
        #expect(allowed == [0x0a00_0002])
        var second = Self.web
        second.id.name = "web-2"
        second.addresses = []
        change(.endpoint(second.id, second))
        #expect(governed == 1)
        second.addresses = [.ipv4(0x0a00_0009), .ipv6(9)]
        change(.endpoint(second.id, second))
        #expect(governed == 2)
    }

    @Test("S13: a policy that goes and comes again in one batch changes nothing")
    func recreated() {
        let result = change(.policy(Self.policy.id, nil), .policy(Self.policy.id, Self.policy))
        #expect(result?.isEmpty == true)
    }

    @Test("S19: a pod that has finished leaves at once, and its address is free for another")
    func finished() {
        var done = Self.front
        done.isFinished = true
        change(.endpoint(done.id, done))
        #expect(allowed == [])
        var heir = Self.front
        heir.id.name = "heir"
        change(.endpoint(heir.id, heir))
        #expect(allowed == [0x0a00_0002])
        // The old object goes late, and takes nothing with it.
        change(.endpoint(done.id, nil))
        #expect(allowed == [0x0a00_0002])
    }

    @Test("S20: of two pods with one address the newer has it, in whatever order they come")
    func contested() {
        var newer = Self.front
        newer.id.name = "newer"
        newer.labels = ["app": "other"]
        newer.created = Self.front.created + 1
        change(.endpoint(newer.id, newer))
        #expect(allowed == [])
        change(.endpoint(newer.id, nil))
        #expect(allowed == [0x0a00_0002])
        change(.endpoint(Self.front.id, nil))
        change(.endpoint(newer.id, newer))
        change(.endpoint(Self.front.id, Self.front))
        #expect(allowed == [])
    }
}
