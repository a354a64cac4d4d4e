// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import Testing

@testable import ClusterServers

@Suite struct CalicoResourceTests {
    private static func resource(_ plural: String) throws -> CalicoResource {
        try #require(CalicoResource.all.first { $0.plural == plural })
    }

    @Test("Keys stand for objects by kind, namespace and name, or for none")
    func places() throws {
        let policies = try Self.resource("networkpolicies")
        let tiers = try Self.resource("tiers")
        let root = "/calico/resources/v3/projectcalico.org"
        #expect(
            policies.place(of: "\(root)/networkpolicies/shop/default.web")
                == ObjectPlace(resource: "networkpolicies", namespace: "shop", name: "default.web"))
        #expect(
            tiers.place(of: "\(root)/tiers/security")
                == ObjectPlace(resource: "tiers", name: "security"))
        for key in [
            "networkpolicies/web", "networkpolicies/shop/web/more", "networkpolicies//web",
            "networkpolicies/shop/", "networkpolicies2/shop/web", "tiers/a/b", "tiers/", "tiers",
        ] {
            #expect(policies.place(of: "\(root)/\(key)") == nil, "\(key)")
            #expect(tiers.place(of: "\(root)/\(key)") == nil, "\(key)")
        }
    }

    @Test("Each kind's keys are from its prefix to the next that is not of it")
    func ranges() {
        for resource in CalicoResource.all {
            #expect(resource.prefix < resource.end)
            #expect(resource.prefix + "\u{10FFFF}" < resource.end)
            #expect(
                !CalicoResource.all.contains {
                    $0 != resource && $0.prefix > resource.prefix && $0.prefix < resource.end
                })
        }
        #expect(Set(CalicoResource.all.map(\.plural)).count == CalicoResource.all.count)
    }

    @Test(
        "S95: Calico's object for a machine becomes a Node",
        arguments: [
            (
                #"{"bgp":{"ipv4Address":"10.0.0.1/24","ipv6Address":"2001:db8::1/64"}}"#,
                ["10.0.0.1", "2001:db8::1"]
            ),
            (
                #"{"addresses":[{"address":"10.0.0.2/24","type":"CalicoNodeIP"},{"address":"192.0.2.1","type":"ExternalIP"}],"bgp":{"ipv4Address":"10.0.0.2/24"}}"#,
                ["10.0.0.2", "192.0.2.1"]
            ),
            (
                #"{"ipv4VXLANTunnelAddr":"10.1.0.0","bgp":{"ipv4IPIPTunnelAddr":"10.2.0.0","ipv4Address":""}}"#,
                []
            ),
            ("{}", []),
        ])
    func nodes(spec: String, addresses: [String]) throws {
        var store = ObjectStore()
        let node =
            #"{"kind":"Node","apiVersion":"projectcalico.org/v3","metadata":{"name":"one","labels":{"rack":"7"},"annotations":{"a":"b"}},"spec":\#(spec)}"#
        store.put(
            Array(node.utf8), of: try Self.resource("nodes"),
            at: ObjectPlace(resource: "nodes", name: "one"))
        let settled = store.settle(isComplete: true)
        let update = try #require(settled)
        #expect(update.problems == [])
        #expect(update.warnings == [])
        #expect(store.state.nodes.map(\.name) == ["one"])
        #expect(store.state.nodes[0].labels == ["rack": "7"])
        #expect(store.state.nodes[0].addresses.map(\.description) == addresses)
    }

    @Test(
        "S95: a value of another kind than its key's is a problem, and what was there before stays",
        arguments: [
            #"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"one"}}"#,
            #"{"kind":"GlobalNetworkSet","apiVersion":"projectcalico.org/v3","metadata":{"name":"one"},"spec":{}}"#,
            #"{"kind":"Tier","apiVersion":"v1","metadata":{"name":"one"},"spec":{"order":7}}"#,
            #"{"kind":7,"apiVersion":"projectcalico.org/v3","metadata":{"name":"one"}}"#,
            #"{"kind":"BGPPeer","apiVersion":"projectcalico.org/v3","metadata":{"name":"one"}}"#,
        ])
    func otherKinds(text: String) throws {
        var store = ObjectStore()
        let tiers = try Self.resource("tiers")
        let place = ObjectPlace(resource: "tiers", name: "one")
        let other = ObjectPlace(resource: "tiers", name: "two")
        store.put(Array(text.utf8), of: tiers, at: place)
        store.put(
            Array(#"{"metadata":{"name":"two"},"spec":{"order":2}}"#.utf8), of: tiers, at: other)
        let settled = store.settle(isComplete: true)
        let first = try #require(settled)
        #expect(first.problems.map(\.path) == ["tiers/one"])
        #expect(
            first.problems.first?.text.contains(
                "where the key stands for Tier of projectcalico.org/v3; write the object with")
                == true)
        #expect(store.state.tiers.contains { $0.order == 2 }, "the others go on")
        #expect(store.state.networkSets == [] && store.state.endpoints == [])
        #expect(store.count(of: "tiers") == 2)

        let good =
            #"{"kind" : "Tier","apiVersion":"projectcalico.org\/v3","metadata":{"name":"one"},"spec":{"order":3}}"#
        store.put(Array(good.utf8), of: tiers, at: place)
        let better = store.settle(isComplete: true)
        #expect(better?.problems == [])
        store.put(Array(text.utf8), of: tiers, at: place)
        let last = store.settle(isComplete: true)
        #expect(last?.problems.count == 1 && last?.changes == [])
        #expect(store.state.tiers.contains { $0.name == "one" && $0.order == 3 })
        store.remove(place)
        let gone = store.settle(isComplete: true)
        #expect(gone?.problems == [])
        #expect(!store.state.tiers.contains { $0.name == "one" })
    }

    @Test("S95: a machine's key holds Calico's Node, not Kubernetes'")
    func kubernetesNode() throws {
        var store = ObjectStore()
        store.put(
            Array(#"{"kind":"Node","apiVersion":"v1","metadata":{"name":"one"}}"#.utf8),
            of: try Self.resource("nodes"), at: ObjectPlace(resource: "nodes", name: "one"))
        let problems = store.settle(isComplete: true)?.problems ?? []
        #expect(problems.count == 1)
        #expect(
            problems.first?.text.contains(
                "is Node of v1, where the key stands for Node of projectcalico.org/v3") == true)
    }

    @Test(
        "A machine that cannot be understood is a problem, never one without addresses",
        arguments: [
            "", "[", "[]", "7", #"{"metadata":[]}"#, #"{"metadata":{}}"#,
            #"{"metadata":{"name":"one"},"spec":{"bgp":{"ipv4Address":"10.0.0.300/24"}}}"#,
            #"{"metadata":{"name":"one"},"spec":{"bgp":{"ipv4Address":7}}}"#,
            #"{"metadata":{"name":"one"},"spec":{"addresses":["x",{"address":true}]}}"#,
        ])
    func badNodes(text: String) throws {
        var store = ObjectStore()
        let place = ObjectPlace(resource: "nodes", name: "one")
        store.put(Array(text.utf8), of: try Self.resource("nodes"), at: place)
        let settled = store.settle(isComplete: true)
        let update = try #require(settled)
        #expect(!update.problems.isEmpty)
        #expect(store.state.nodes == [])
    }
}
