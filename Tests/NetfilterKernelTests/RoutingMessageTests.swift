// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import Testing

@testable import NetfilterKernel

/// Messages of routing, byte by byte (`linux/rtnetlink.h`), on a machine that stores the low byte
/// first.
@Suite struct RoutingMessageTests {
    private static func attribute(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
        let bytes = [UInt8(4 + value.count), 0, type, 0] + value
        return bytes + [UInt8](repeating: 0, count: -bytes.count & 3)
    }

    private static func message(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        [UInt8(16 + content.count), 0, 0, 0, type, 0, 0, 0] + [UInt8](repeating: 0, count: 8)
            + content
    }

    /// `RTM_NEWROUTE` to 10.1.0.7 in the main table.
    private static func route(
        type: UInt8 = 1, flags: UInt8 = 0, highFlags: UInt8 = 0, _ attributes: [UInt8]...
    ) -> [UInt8] {
        message(
            24,
            [2, 32, 0, 0, 254, 3, 253, type, flags, highFlags, 0, 0]
                + attribute(1, [10, 1, 0, 7]) + attributes.joined())
    }

    private static let output = attribute(4, [7, 0, 0, 0])

    private static func read<Value>(
        _ bytes: [UInt8], _ body: (NetlinkMessage) -> Value?
    ) -> Value? {
        bytes.withUnsafeBytes { bytes in
            var messages = NetlinkMessages(ByteView(bytes))
            return messages.next().flatMap(body)
        }
    }

    private static func way(_ bytes: [UInt8]) -> RouteEntry.Way? {
        read(bytes) { RouteEntry($0) }?.way
    }

    @Test("what a route leads to")
    func ways() {
        #expect(Self.way(Self.route(Self.output)) == .direct(7))
        #expect(
            Self.way(Self.route(Self.output, Self.attribute(5, [10, 0, 0, 1]))) == .onward([7]))
        #expect(
            Self.way(Self.route(Self.output, Self.attribute(30, [1, 0, 0, 0]))) == .onward([7]))
        #expect(Self.way(Self.route(Self.output, Self.attribute(21, [1, 0]))) == .onward([7]))
        #expect(Self.way(Self.route(flags: 1, Self.output)) == .onward([7]), "dead")
        #expect(Self.way(Self.route(flags: 16, Self.output)) == .direct(7), "without a carrier")
        #expect(Self.way(Self.route(highFlags: 2, Self.output)) == nil, "a copy")
        for type in [2, 3, 4, 5] as [UInt8] {
            #expect(Self.way(Self.route(type: type, Self.output)) == .inward)
        }
        for type in [6, 7, 8, 9] as [UInt8] {
            #expect(Self.way(Self.route(type: type)) == .nowhere)
        }
        let ways = Self.attribute(9, [8, 0, 0, 0, 5, 0, 0, 0, 8, 0, 0, 0, 6, 0, 0, 0])
        #expect(Self.way(Self.route(ways)) == .onward([5, 6]))
    }

    @Test("what tells a route from others")
    func key() {
        let bytes = Self.route(
            Self.output, Self.attribute(6, [4, 0, 0, 0]), Self.attribute(15, [0, 1, 0, 0]))
        #expect(
            Self.read(bytes) { RouteEntry($0) }?.key
                == .init(CIDR("10.1.0.7/32")!, table: 256, priority: 4))
        let unknown = Self.message(24, [28, 32, 0, 0, 254, 3, 253, 1, 0, 0, 0, 0])
        #expect(Self.read(unknown) { RouteEntry($0) } == nil, "another family")
        let long = Self.message(24, [2, 33, 0, 0, 254, 3, 253, 1, 0, 0, 0, 0])
        #expect(Self.read(long) { RouteEntry($0) } == nil)
        let wide = Self.message(24, [10, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0] + Self.output)
        #expect(Self.read(wide) { RouteEntry($0) }?.key.destination == CIDR("::/0")!)
    }

    /// `RTM_NEWLINK` of `cali7`, number 7, up.
    private static func link(family: UInt8 = 0, _ attributes: [UInt8]...) -> [UInt8] {
        message(
            16,
            [family, 0, 1, 0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
                + attribute(3, Array("cali7".utf8) + [0]) + attributes.joined())
    }

    private static let veth = attribute(18, attribute(1, Array("veth".utf8) + [0]))

    @Test("what an interface is")
    func links() {
        let foreign = Self.attribute(37, [0, 0, 0, 0])
        func read(_ bytes: [UInt8]) -> RoutedLink? { Self.read(bytes) { RoutedLink($0) } }
        #expect(
            read(Self.link(Self.veth, foreign))
                == RoutedLink(number: 7, name: "cali7", kind: "veth", endsElsewhere: true))
        #expect(read(Self.link(Self.veth, foreign))?.isCable == true)
        #expect(read(Self.link(Self.veth))?.isCable == false)
        #expect(
            read(Self.link(Self.veth, foreign, Self.attribute(10, [3, 0, 0, 0])))?.isCable == false)
        #expect(read(Self.link())?.kind == nil)
        #expect(read(Self.link(family: 7, Self.veth)) == nil, "a bridge tells of its port")
    }

    /// `RTM_NEWRULE`, of IPv4.
    private static func rule(
        _ priority: UInt8, table: UInt8, length: UInt8 = 0, flags: UInt8 = 0, action: UInt8 = 1,
        shortestPrefix: UInt8 = 255, _ attributes: [UInt8]...
    ) -> GuidingRule {
        let all = [shortestPrefix] + [UInt8](repeating: shortestPrefix == 255 ? 255 : 0, count: 3)
        return read(
            message(
                32,
                [2, length, 0, 0, table, 0, 0, action, flags, 0, 0, 0]
                    + attribute(15, [table, 0, 0, 0]) + attribute(14, all) + attribute(21, [2])
                    + attribute(6, [priority, 0, 0, 0]) + attributes.joined())
        ) { GuidingRule($0) }!
    }

    @Test("S90: which table the rules have asked")
    func guidance() {
        let usual = [
            Self.rule(0, table: 255), Self.rule(200, table: 254), Self.rule(201, table: 253),
        ]
        #expect(RoutingGuidance(usual) == .standard)
        #expect(RoutingGuidance(usual.reversed()) == .standard)
        #expect(RoutingGuidance([]) == RoutingGuidance(table: nil))
        #expect(RoutingGuidance(usual + [Self.rule(5, table: 220)]).table == 220)
        #expect(RoutingGuidance(usual + [Self.rule(5, table: 9, action: 7)]).table == nil)
        let mark = Self.attribute(10, [1, 0, 0, 0])
        #expect(RoutingGuidance(usual + [Self.rule(5, table: 9, mark)]) == .standard)
        let block = Self.attribute(1, [10, 1, 0, 0])
        #expect(
            RoutingGuidance(usual + [Self.rule(5, table: 9, length: 16, block)])
                == RoutingGuidance(table: 254, exceptions: [CIDR("10.1.0.0/16")!]))
        #expect(RoutingGuidance(usual + [Self.rule(5, table: 254, length: 16, block)]) == .standard)
        // One that passes over the default route does not take all that the table says.
        #expect(
            RoutingGuidance(usual + [Self.rule(5, table: 254, shortestPrefix: 0)]).table == nil)
    }

    @Test("damaged messages never stop the decoder")
    func damage() {
        let whole = [
            Self.route(Self.output), Self.link(Self.veth),
            Self.route(Self.attribute(9, [8, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0])),
        ]
        for bytes in whole {
            for place in bytes.indices {
                for value in [0, 1, 3, 4, 0x7f, 0x80, 0xff] as [UInt8] {
                    var damaged = bytes
                    damaged[place] = value
                    _ = Self.read(damaged) { RouteEntry($0)?.interfaces }
                    _ = Self.read(damaged) { RoutedLink($0) }
                    _ = Self.read(damaged) { GuidingRule($0)?.table }
                }
                var cut = Array(bytes[..<place])
                if !cut.isEmpty { cut[0] = UInt8(place) }
                _ = Self.read(cut) { RouteEntry($0)?.interfaces }
                _ = Self.read(cut) { RoutedLink($0) }
            }
        }
    }
}
