// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

@Suite("Traffic that is not pod to pod")
struct OtherTrafficTests {
    @Test("S43: loopback is never filtered", arguments: ["127.0.0.1", "::1"])
    func loopback(address: String) {
        // It is not forwarded; a packet of it would have no policed endpoint on either side.
        let world = SmallWorld(networkPolicy(ingress: [], egress: []))
        #expect(world.allows(address, address))
    }

    @Test("S44: neighbour and listener discovery pass every policy", arguments: UInt8(125)...150)
    func discovery(type: UInt8) {
        let isDiscovery = (130...136).contains(type) || type == 143
        let policies = [
            networkPolicy(ingress: [], egress: []),
            tierPolicy("deny", tier: "default", ingress: [Rule(.deny)]),
        ]
        for policy in policies {
            let world = SmallWorld(policy)
            let ipv6 = world.allows(
                "lab/probe", "shop/web", .icmpv6, nil, type: type, family: .ipv6)
            #expect(ipv6 == isDiscovery)
            // The numbers mean nothing of the kind in IPv4.
            #expect(!world.allows("lab/probe", "shop/web", .icmp, nil, type: type))
        }
    }

    @Test("S45: multicast and broadcast are addresses outside, and so subject to egress")
    func multicast() {
        let closed = SmallWorld(networkPolicy(egress: [.allow(.pods(.any))]))
        let open = SmallWorld(networkPolicy(egress: [.allow(.block("224.0.0.0/4"))]))
        #expect(!closed.allows("shop/web", "224.0.0.251", .udp, 5353))
        #expect(!closed.allows("shop/web", "255.255.255.255", .udp, 67))
        #expect(open.allows("shop/web", "224.0.0.251", .udp, 5353))
    }

    @Test("S46: a link-local address is allowed only if it is one of the node's")
    func metadata() {
        var world = SmallWorld(networkPolicy(egress: []))
        #expect(!world.allows("shop/web", "169.254.169.254"))
        world.state.nodes[0].addresses.append(IPAddress("169.254.20.10")!)
        #expect(world.allows("shop/web", "169.254.20.10", .udp, 53))
        #expect(!world.allows("shop/web", "169.254.169.254"))
    }

    @Test("S47: egress deny does not spare DNS", arguments: [IPProtocol.udp, .tcp])
    func dns(transport: IPProtocol) {
        let world = SmallWorld(networkPolicy(egress: []))
        #expect(!world.allows("shop/web", "pay/web", transport, 53))
        #expect(!world.allows("shop/web", "8.8.8.8", transport, 53))
    }

    @Test("S48: another node is an ordinary address outside")
    func otherNode() {
        let world = SmallWorld(networkPolicy(ingress: [], egress: []))
        #expect(!world.allows("192.168.0.11", "shop/web"))
        #expect(!world.allows("shop/web", "192.168.0.11"))
        #expect(!world.allows("fd00:c0::11", "shop/web", family: .ipv6))
        let open = SmallWorld(networkPolicy(ingress: [.allow(.pods(.any))]))
        #expect(!open.allows("192.168.0.11", "shop/web"))
    }

    @Test("S49: an encapsulated packet between nodes is nobody's; the one inside is judged")
    func encapsulated() {
        let world = SmallWorld(networkPolicy(ingress: []))
        #expect(world.allows("192.168.0.11", "192.168.0.12", .udp, 4789))
        #expect(!world.allows("pay/front", "shop/web"))
    }

    @Test("Only the local node's endpoints are subjects; the other node judges its own")
    func localSubjects() {
        let world = SmallWorld(networkPolicy(in: "pay", ingress: []))
        #expect(world.verdict("shop/web", "pay/front").ingress == .notSubject)
        #expect(!world.allows("shop/web", "pay/front", on: "beta"))
        #expect(!world.allows("shop/web", "pay/web", on: "alpha"))
        #expect(world.allows("shop/web", "pay/web", on: "beta"))
    }
}
