// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives
import NodeAgent
import PolicyModel
import Testing

/// What is concluded from routes, and what is not.
@Suite struct PodInterfacesTests {
    private static let cable = RoutedLink(
        number: 7, name: "cali7", kind: "veth", endsElsewhere: true)
    private static let pod = Endpoint(
        id: EndpointID(namespace: "shop", name: "web"), node: "alpha",
        addresses: [IPAddress("10.1.0.7")!, IPAddress("fd00::7")!])

    private static func route(
        _ destination: String, _ way: RouteEntry.Way = .direct(7), table: UInt32 = 254,
        priority: UInt32 = 0
    ) -> RouteEntry {
        RouteEntry(.init(CIDR(destination)!, table: table, priority: priority), way)
    }

    private static let own = [route("10.1.0.7/32"), route("fd00::7/128")]

    private static func found(
        _ routes: [RouteEntry], links: [RoutedLink] = [cable], pods: [Endpoint] = [pod],
        guidance: [AddressFamily: RoutingGuidance] = RoutingSnapshot().guidance
    ) -> String? {
        PodInterfaces.interfaces(
            of: pods, onNode: "alpha",
            routing: RoutingSnapshot(routes: routes, links: links, guidance: guidance))[pod.id]
    }

    @Test("S90: routes of both families to one cable tell a pod's interface")
    func certain() {
        #expect(Self.found(Self.own) == "cali7")
        // What every interface has.
        let others = [
            Self.route("fe80::/64"), Self.route("fe80::1/128", .inward, table: 255),
            Self.route("ff00::/8", .inward, table: 255),
            Self.route("10.0.0.1/32", .inward, table: 255),
            Self.route("0.0.0.0/0", .onward([2])), Self.route("10.1.0.0/26", .nowhere),
        ]
        #expect(Self.found(Self.own + others) == "cali7")
        // The same in another table says the same.
        #expect(Self.found(Self.own + [Self.route("10.1.0.7/32", table: 9)]) == "cali7")
    }

    private static let doubts: [(String, [RouteEntry])] = [
        ("no route", []),
        ("one family has none", [own[0]]),
        ("the families disagree", [own[0], route("fd00::7/128", .direct(8))]),
        ("a block is no host route", [route("10.1.0.0/24"), own[1]]),
        ("through a gateway", [route("10.1.0.7/32", .onward([7])), own[1]]),
        ("refused", [route("10.1.0.7/32", .nowhere), own[1]]),
        ("the node's own address", own + [route("10.1.0.7/32", .inward, table: 255)]),
        ("two ways", own + [route("10.1.0.7/32", .direct(8), priority: 5)]),
        ("another way in another table", own + [route("10.1.0.7/32", .direct(8), table: 9)]),
        ("only in a table that is not asked", [route("10.1.0.7/32", table: 9), own[1]]),
        ("another pod's address too", own + [route("10.1.0.8/32")]),
        ("a network behind the pod", own + [route("192.0.2.0/24", .onward([7]))]),
        ("one of several ways to a network", own + [route("192.0.2.0/24", .onward([2, 7]))]),
    ]

    @Test("S90: where routes leave a doubt, nothing is concluded", arguments: doubts.indices)
    func doubt(index: Int) {
        let (reason, routes) = Self.doubts[index]
        let links = [
            Self.cable, RoutedLink(number: 8, name: "cali8", kind: "veth", endsElsewhere: true),
        ]
        #expect(Self.found(routes, links: links) == nil, "\(reason)")
    }

    private static let wrongLinks: [(String, RoutedLink)] = [
        ("a bridge", RoutedLink(number: 7, name: "cni0", kind: "bridge")),
        (
            "a port of a bridge",
            RoutedLink(number: 7, name: "v", kind: "veth", isPort: true, endsElsewhere: true)
        ),
        ("both ends here", RoutedLink(number: 7, name: "v", kind: "veth")),
        ("a tunnel", RoutedLink(number: 7, name: "flannel.1", kind: "vxlan")),
        (
            "a tunnel from elsewhere",
            RoutedLink(number: 7, name: "wg0", kind: "wireguard", endsElsewhere: true)
        ),
        ("a card", RoutedLink(number: 7, name: "eth0", kind: nil)),
        (
            "an address of a card",
            RoutedLink(number: 7, name: "m", kind: "macvlan", endsElsewhere: true)
        ),
        ("not there", RoutedLink(number: 9, name: "v", kind: "veth", endsElsewhere: true)),
    ]

    @Test(
        "S90: of other interfaces than cables nothing is concluded", arguments: wrongLinks.indices)
    func wrongLink(index: Int) {
        let (reason, link) = Self.wrongLinks[index]
        #expect(Self.found(Self.own, links: [link]) == nil, "\(reason)")
    }

    @Test("S90: rules that lead elsewhere for the address leave a doubt")
    func guidance() {
        func found(_ ipv4: RoutingGuidance?) -> String? {
            var guidance: [AddressFamily: RoutingGuidance] = [.ipv6: .standard]
            guidance[.ipv4] = ipv4
            return Self.found(Self.own, guidance: guidance)
        }
        #expect(found(.standard) == "cali7")
        #expect(found(nil) == nil)
        #expect(found(RoutingGuidance(table: nil)) == nil)
        #expect(found(RoutingGuidance(table: 220)) == nil)
        #expect(found(RoutingGuidance(table: 254, exceptions: [CIDR("10.1.0.0/16")!])) == nil)
        #expect(found(RoutingGuidance(table: 254, exceptions: [CIDR("10.2.0.0/16")!])) == "cali7")
    }

    @Test("S90: an address that two pods claim is neither's for certain, wherever they run")
    func claimed() {
        var other = Self.pod
        other.id.name = "api"
        other.node = "beta"
        other.addresses = [IPAddress("10.1.0.7")!]
        #expect(Self.found(Self.own, pods: [Self.pod, other]) == nil)
        other.isFinished = true
        #expect(Self.found(Self.own, pods: [Self.pod, other]) == "cali7")
    }

    @Test("what a pod's object tells of itself stays, and only pods of the node are placed")
    func leftAlone() {
        var told = Self.pod
        told.particulars = EndpointParticulars(interface: "eth9")
        #expect(Self.found(Self.own, pods: [told]) == nil)
        var foreign = Self.pod
        foreign.node = "beta"
        #expect(Self.found(Self.own, pods: [foreign]) == nil)
        var state = ClusterState(endpoints: [told])
        state.place(
            podsOf: "alpha", by: RoutingSnapshot(routes: Self.own, links: [Self.cable]))
        #expect(state.endpoints == [told])
        var plain = Self.pod
        plain.particulars = EndpointParticulars(allowedSources: [CIDR("192.0.2.0/24")!])
        state.endpoints = [plain]
        state.place(
            podsOf: "alpha", by: RoutingSnapshot(routes: Self.own, links: [Self.cable]))
        let particulars = state.endpoints[0].particulars
        #expect(particulars?.interface == "cali7")
        #expect(particulars?.allowedSources == [CIDR("192.0.2.0/24")!])
    }
}
