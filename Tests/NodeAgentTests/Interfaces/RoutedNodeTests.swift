// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit
import Testing

/// What the kernel's routes and notifications come to.
@Suite(
    "Interfaces by the kernel's routes", .serialized,
    .enabled(
        if: RoutedNode.namespaceObstacle == nil,
        "\(RoutedNode.namespaceObstacle ?? "namespaces can be made")"))
struct RoutedNodeTests {
    @Test("S90: routes that come behind the pod, move, and go are followed one by one")
    func follows() throws {
        let site = try RoutedNode("routes")
        site.addPod("web", "10.1.0.7", "fd00::7")
        #expect(try site.awaits("web", at: nil))
        try site.connect("cali1")
        try site.connect("cali2")
        try site.ip("route add 10.1.0.7 dev cali1")
        #expect(try site.awaits("web", at: nil), "of one family only")
        try site.ip("route add fd00::7 dev cali1")
        #expect(try site.awaits("web", at: "cali1"))
        try site.ip("route replace 10.1.0.7 dev cali2")
        #expect(try site.awaits("web", at: nil), "one family has moved")
        try site.ip("route replace fd00::7 dev cali2")
        #expect(try site.awaits("web", at: "cali2"))
        try site.ip("route del 10.1.0.7")
        #expect(try site.awaits("web", at: nil))
        try site.ip("route add 10.1.0.7 dev cali2")
        #expect(try site.awaits("web", at: "cali2"))
        try site.ip("route add 192.0.2.0/24 via inet6 fe80::1 dev cali2")
        #expect(try site.awaits("web", at: nil), "a network behind the pod")
        try site.ip("route del 192.0.2.0/24")
        #expect(try site.awaits("web", at: "cali2"))
        #expect(site.readings == 0)
    }

    @Test("S90: an interface that goes down, goes, or comes again under its name is followed")
    func links() throws {
        let site = try RoutedNode("links")
        site.addPod("web", "10.1.0.7")
        try site.connect("cali1")
        try site.ip("route add 10.1.0.7 dev cali1")
        #expect(try site.awaits("web", at: "cali1"))
        // IPv4 gives no notice of the routes that go with it.
        try site.ip("link set cali1 down")
        #expect(try site.awaits("web", at: nil))
        try site.ip("link set cali1 up", "route add 10.1.0.7 dev cali1")
        #expect(try site.awaits("web", at: "cali1"))
        try site.ip("link del cali1")
        #expect(try site.awaits("web", at: nil))
        try site.connect("cali1")
        #expect(try site.awaits("web", at: nil))
        try site.ip("route add 10.1.0.7 dev cali1")
        #expect(try site.awaits("web", at: "cali1"))
        try site.ip("link set cali1 down", "link set cali1 name cali9", "link set cali9 up")
        try site.ip("route add 10.1.0.7 dev cali9")
        #expect(try site.awaits("web", at: "cali9"))
    }

    @Test("S90: a cable counts when its other end is in another namespace")
    func otherEnd() throws {
        let site = try RoutedNode("ends")
        site.addPod("web", "10.1.0.7")
        try site.ip(
            "link add cali1 type veth peer name inner", "link set cali1 up",
            "route add 10.1.0.7 dev cali1")
        #expect(try site.awaits("web", at: nil))
        let other = try PolicyTestKit.NetworkNamespace("other")
        try site.ip("link set inner netns \(other.name)")
        try other.execute(["ip", "link", "set", "inner", "up"])
        #expect(try site.awaits("web", at: "cali1"))
    }

    @Test("S90: of bridges, tunnels and rules that lead elsewhere nothing is concluded")
    func doubts() throws {
        let site = try RoutedNode("doubts")
        site.addPod("bridged", "10.1.0.1")
        site.addPod("tunnelled", "10.1.0.2")
        site.addPod("web", "10.1.0.3")
        try site.connect("port1")
        try site.ip(
            "link add cni0 type bridge", "link set cni0 up", "link set port1 master cni0",
            "address add 10.1.0.254/24 dev cni0", "route add 10.1.0.1 dev cni0",
            "link add vxlan1 type vxlan id 5 dstport 4789 dev lo", "link set vxlan1 up",
            "route add 10.1.0.2 dev vxlan1")
        try site.connect("cali3")
        try site.ip("route add 10.1.0.3 dev cali3")
        #expect(try site.awaits("web", at: "cali3"))
        #expect(try site.awaits("bridged", at: nil))
        #expect(try site.awaits("tunnelled", at: nil))
        try site.ip("route add 10.1.0.1 dev port1 table 9")
        #expect(try site.awaits("bridged", at: nil))
        try site.ip("rule add to 10.1.0.0/24 lookup 9")
        #expect(try site.awaits("web", at: nil))
        try site.ip("rule del to 10.1.0.0/24 lookup 9", "rule add fwmark 1 lookup 9")
        #expect(try site.awaits("web", at: "cali3"))
        try site.ip("rule add lookup 9 priority 100")
        #expect(try site.awaits("web", at: nil))
        try site.ip("rule del lookup 9 priority 100")
        #expect(try site.awaits("web", at: "cali3"))
        try site.ip("link set cali3 master cni0")
        #expect(try site.awaits("web", at: nil))
    }

    @Test("S90: an address that goes takes routes with it of which the kernel gives no notice")
    func preferredSource() throws {
        let site = try RoutedNode("sources")
        site.addPod("web", "10.1.0.7")
        try site.connect("cali1")
        try site.ip(
            "address add 192.0.2.1/32 dev lo", "route add 10.1.0.7 dev cali1 src 192.0.2.1")
        #expect(try site.awaits("web", at: "cali1"))
        try site.ip("address del 192.0.2.1/32 dev lo")
        #expect(try site.awaits("web", at: nil))
    }

    @Test("S90: where notifications are lost everything is read anew")
    func flood() throws {
        let site = try RoutedNode("flood", room: 4_096)
        site.addPod("web", "10.1.0.7")
        try site.connect("cali1")
        try site.connect("cali2")
        try site.ip("route add 10.1.0.7 dev cali1")
        #expect(try site.awaits("web", at: "cali1"))
        let flood = (0..<2_000).map { number in
            "route replace 10.2.\(number / 250).\(number % 250) dev cali2\n"
        }
        try site.node.execute(
            ["ip", "-batch", "-"],
            input: flood.joined() + "route replace 10.1.0.7 dev cali2\n"
                + flood.map { $0.replacing("replace", with: "del") }.joined())
        let before = site.readings
        #expect(try site.awaits("web", at: "cali2"))
        #expect(site.readings > before)
    }

    @Test("one pod of 250 that moves costs microseconds")
    func cost() throws {
        let site = try RoutedNode("cost")
        try site.connect("cali0")
        try site.connect("cali1")
        var lines: [String] = []
        for number in 2...250 {
            lines.append("link add cali\(number) type veth peer name peer\(number)")
            lines.append("link set cali\(number) up")
            lines.append("route add 10.1.0.\(number) dev cali\(number)")
            site.addPod("pod\(number)", "10.1.0.\(number)")
        }
        try site.node.execute(["ip", "-batch", "-"], input: lines.joined(separator: "\n") + "\n")
        site.addPod("web", "10.1.0.1")
        try site.follow()
        let readings = site.readings
        var durations: [Duration] = []
        for number in 0..<50 {
            try site.ip("route replace 10.1.0.1 dev cali\(number % 2)")
            let start = ContinuousClock.now
            try site.follow()
            durations.append(ContinuousClock.now - start)
            #expect(try site.awaits("web", at: "cali\(number % 2)"))
        }
        #expect(site.readings == readings)
        let median = durations.sorted()[25]
        print("a route of one pod among 250 moves: \(median), without optimization")
        #expect(median < .milliseconds(5))
    }
}
