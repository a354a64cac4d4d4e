// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

@Suite("Peers")
struct PeerTests {
    @Test("S14: a host-network pod is neither subject nor peer")
    func hostNetwork() {
        var world = SmallWorld(
            networkPolicy(ingress: [.allow(.pods(.any, app("agent")))]),
            networkPolicy(in: "ops", ingress: []))
        for (id, address) in [("ops/agent", "192.168.0.11"), ("ops/other", "192.168.0.12")] {
            var agent = SmallWorld.pod(id, [address])
            agent.usesHostNetwork = true
            world.state.endpoints.append(agent)
        }
        #expect(!world.allows("ops/agent", "shop/web"))
        #expect(world.verdict("lab/probe", "ops/other").ingress == .notSubject)
    }

    @Test("S15: a block contains the addresses of pods")
    func podsInBlocks() {
        let world = SmallWorld(networkPolicy(ingress: [.allow(.block("10.0.0.4/31"))]))
        #expect(world.allows("pay/web", "shop/web"))
        #expect(!world.allows("lab/probe", "shop/web"))
    }

    @Test("S16: an exception carves from its own block only")
    func exceptions() {
        let carved = Peer.block("10.0.0.0/16", except: "10.0.0.4/32", "10.0.1.0/24")
        let alone = SmallWorld(networkPolicy(ingress: [.allow(carved)]))
        #expect(alone.allows("lab/probe", "shop/web"))
        #expect(!alone.allows("pay/web", "shop/web"))
        #expect(!alone.allows("pay/front", "shop/web"))
        let peers = SmallWorld(networkPolicy(ingress: [.allow(carved, .block("10.0.0.4/32"))]))
        #expect(peers.allows("pay/web", "shop/web"))
        let policies = SmallWorld(
            networkPolicy("a", ingress: [.allow(carved)]),
            networkPolicy("b", ingress: [.allow(.pods(.team("blue")))]))
        #expect(policies.allows("pay/front", "shop/web"))
    }

    @Test("S17: a block says nothing about the other family, not even the block of everything")
    func families() {
        let ipv4 = SmallWorld(networkPolicy(ingress: [.allow(.block("0.0.0.0/0"))]))
        #expect(ipv4.allows("255.255.255.255", "shop/web"))
        #expect(!ipv4.allows("lab/probe", "shop/web", family: .ipv6))
        let ipv6 = SmallWorld(networkPolicy(ingress: [.allow(.block("::/0"))]))
        #expect(ipv6.allows("2001:db8::1", "shop/web", family: .ipv6))
        #expect(!ipv6.allows("lab/probe", "shop/web", family: .ipv4))
    }

    @Test("S17: host bits, single addresses, and an exception equal to its block")
    func unusualBlocks() {
        let bits = SmallWorld(networkPolicy(ingress: [.allow(.block("203.0.113.77/24"))]))
        #expect(bits.allows("203.0.113.0", "shop/web"))
        #expect(bits.allows("203.0.113.255", "shop/web"))
        #expect(!bits.allows("203.0.112.255", "shop/web"))
        #expect(!bits.allows("203.0.114.0", "shop/web"))
        let single = SmallWorld(networkPolicy(ingress: [.allow(.block("203.0.113.7/32"))]))
        #expect(single.allows("203.0.113.7", "shop/web"))
        #expect(!single.allows("203.0.113.8", "shop/web"))
        let equal = Peer.block("203.0.113.0/24", except: "203.0.113.0/24")
        #expect(
            !SmallWorld(networkPolicy(ingress: [.allow(equal)])).allows("203.0.113.7", "shop/web"))
    }

    @Test("S18: ingress sees the source with which the packet arrives")
    func translatedSource() {
        // pay/front's packets, masqueraded by its node, are no longer pay/front's.
        let world = SmallWorld(
            networkPolicy("pods", for: app("web"), ingress: [.allow(.pods(.any, app("front")))]),
            networkPolicy("node", for: app("db"), ingress: [.allow(.block("192.168.0.11/32"))]))
        #expect(world.allows("pay/front", "shop/web"))
        #expect(!world.allows("192.168.0.11", "shop/web"))
        #expect(world.allows("192.168.0.11", "shop/db"))
    }

    @Test("S19: a finished pod gives its address to the pod that reuses it, however old that is")
    func finished() {
        var world = SmallWorld(
            networkPolicy(for: app("job"), ingress: []),
            networkPolicy("in", in: "pay", ingress: [.allow(.pods(.any, app("job")))]))
        world.state.endpoints.append(SmallWorld.pod("shop/job", ["10.0.0.1"], created: 9))
        #expect(!world.allows("lab/probe", "10.0.0.1"))
        #expect(world.allows("10.0.0.1", "pay/web"))
        world["shop/job"].isFinished = true
        #expect(world.verdict("lab/probe", "10.0.0.1").ingress == .unselected)
        #expect(!world.allows("10.0.0.1", "pay/web"))
    }

    @Test("S20: of two pods that claim an address the newest owns it, else the first by id")
    func rivals() {
        var world = SmallWorld(networkPolicy(ingress: [.allow(.pods(.any, app("probe")))]))
        world.state.endpoints.append(SmallWorld.pod("lab/stale", ["10.0.0.6"], created: 0))
        #expect(world.allows("10.0.0.6", "shop/web"))
        world["lab/stale"].created = 1
        #expect(world.allows("10.0.0.6", "shop/web"))
        world["lab/stale"].created = 2
        #expect(!world.allows("10.0.0.6", "shop/web"))
    }

    @Test("S20: an address whose owner is on another node has no subject here")
    func remoteRival() {
        var world = SmallWorld(networkPolicy(ingress: []))
        #expect(!world.allows("lab/probe", "10.0.0.1"))
        let remote = SmallWorld.pod("shop/moved", ["10.0.0.1"], node: "beta", created: 2)
        world.state.endpoints.append(remote)
        #expect(world.verdict("lab/probe", "10.0.0.1").ingress == .notSubject)
        #expect(!world.allows("lab/probe", "10.0.0.1", on: "beta"))
    }

    @Test("S22: a pod and its own node reach each other by each of the node's addresses")
    func ownNode() {
        let deny = tierPolicy(
            "deny", tier: "default", ingress: [Rule(.deny)], egress: [Rule(.deny)])
        let world = SmallWorld(deny)
        for node in ["192.168.0.10", "172.16.0.10"] {
            #expect(world.allows(node, "shop/web"))
            #expect(world.allows("shop/web", node, .udp, 53))
        }
        #expect(world.allows("fd00:c0::10", "shop/web", family: .ipv6))
        #expect(world.allows("shop/web", "fd00:c0::10", .icmpv6, nil, type: 128, family: .ipv6))
        #expect(!world.allows("shop/web", "shop/db"))
    }

    @Test("S23: isolation spares a pod's packets to its own address; a denying rule does not")
    func ownAddress() {
        let isolated = SmallWorld(networkPolicy(ingress: [], egress: []))
        for family in AddressFamily.allCases {
            let decision = isolated.verdict("shop/web", "shop/web", family: family)
            #expect(decision == .init(egress: .exempt(.ownAddress), ingress: .exempt(.ownAddress)))
            #expect(!isolated.allows("shop/web", "shop/db", family: family))
        }
        let denied = SmallWorld(tierPolicy("deny", tier: "default", ingress: [Rule(.deny)]))
        #expect(!denied.allows("shop/web", "shop/web"))
    }

    @Test("S24: a connection that comes back through a Service is to the pod itself")
    func hairpin() {
        // After the Service's translation the packet is from and to the pod's own address.
        let world = SmallWorld(networkPolicy(for: app("web"), ingress: []))
        #expect(world.allows("shop/web", "10.0.0.1", .tcp, 8080))
        #expect(!world.allows("shop/front", "10.0.0.1", .tcp, 8080))
    }
}
