// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// A table with every kind of object, expression and verdict, beside the nft text of the same.
enum SampleTable {
    static let table = Table(
        name: "sample", comment: "made by a test", chains: chains, sets: sets
    ).sorted

    static let text = """
        table inet sample {
          comment "made by a test"
          set peers4 { type ipv4_addr; comment "some peers"; elements = { 10.0.0.9, 10.0.0.1 } }
          set peers6 { type ipv6_addr; elements = { fd00::2, fd00::1 } }
          set nets4 {
            type ipv4_addr; flags interval
            elements = { 10.0.0.0/24, 10.0.2.0-10.0.2.7, 224.0.0.0/3, 0.0.0.0/8 }
          }
          set nets6 { type ipv6_addr; flags interval; elements = { fe80::/10, ff00::/8 } }
          set all4 { type ipv4_addr; flags interval; elements = { 0.0.0.0/0 } }
          set all6 { type ipv6_addr; flags interval; elements = { ::/0 } }
          set middle4 { type ipv4_addr; flags interval; elements = { 10.0.0.0/24 } }
          set empty4 { type ipv4_addr; flags interval; }
          set ports { type inet_service; flags interval; elements = { 80, 1000-2000, 65535 } }
          set pairs { type ipv4_addr . inet_service; elements = { 10.0.0.1 . 80 } }
          set types { type icmpv6_type; elements = { 133, 134 } }
          map services {
            type inet_proto . inet_service : verdict; flags interval
            elements = { tcp . 80-90 : jump cell, udp . 53 : goto cell, sctp . 0-65535 : drop }
          }
          map local4 {
            type ipv4_addr : verdict
            elements = { 10.0.0.1 comment "a/web" : jump cell, 10.0.0.2 : return, \
        10.0.0.3 : accept }
          }
          map ranges { type ipv4_addr : verdict; flags interval
            elements = { 10.0.0.0/24 : accept, 10.0.1.0/24 : drop, 255.0.0.0/8 : goto cell } }
          chain cell { comment "a cell"; }
          chain forward {
            type filter hook forward priority -5; policy drop;
            ct state invalid drop comment "not ours"
            ct state established accept
            fib saddr type local accept
            meta nfproto ipv4 ip saddr @peers4 counter accept
            ip6 daddr != @nets6 drop
            meta l4proto . th dport vmap @services
            ip daddr vmap @local4
            tcp dport 80 log prefix "sluice " goto cell
            tcp dport != 81 jump cell
            tcp dport < 82 return
            tcp dport <= 83 return
            tcp dport > 84 return
            tcp dport >= 85 return
          }
          chain input { type filter hook input priority 0; }
          chain output { type filter hook output priority 0; comment "base"; }
          chain before { type filter hook prerouting priority -300; }
          chain after { type filter hook postrouting priority 300; }
        }
        """

    private static let chains = [
        Chain(name: "cell", comment: "a cell"),
        Chain(
            name: "forward", base: BaseChain(hook: .forward, priority: -5, policy: .drop),
            rules: rules),
        Chain(name: "input", base: BaseChain(hook: .input)),
        Chain(name: "output", base: BaseChain(hook: .output), comment: "base"),
        Chain(name: "before", base: BaseChain(hook: .prerouting, priority: -300)),
        Chain(name: "after", base: BaseChain(hook: .postrouting, priority: 300)),
    ]

    private static let rules = [
        Rule(state(1) + [.verdict(.drop)], comment: "not ours"),
        Rule(state(2) + [.verdict(.accept)]),
        Rule([
            .fibSourceType(into: .first), .compare(.first, .equal, [2, 0, 0, 0]),
            .verdict(.accept),
        ]),
        Rule(
            family(2) + [
                .payload(.network, offset: 12, length: 4, into: .first),
                .lookup(set: "peers4", key: .first, isInverted: false), .counter,
                .verdict(.accept),
            ]),
        Rule(
            family(10) + [
                .payload(.network, offset: 24, length: 16, into: .first),
                .lookup(set: "nets6", key: .first, isInverted: true), .verdict(.drop),
            ]),
        Rule([
            .meta(.transportProtocol, into: .first),
            .payload(.transport, offset: 2, length: 2, into: Register(word: 1)),
            .verdictLookup(map: "services", key: .first),
        ]),
        Rule(
            family(2) + [
                .payload(.network, offset: 16, length: 4, into: .first),
                .verdictLookup(map: "local4", key: .first),
            ]),
        port(.equal, 80, [.log(prefix: "sluice "), .verdict(.goto("cell"))]),
        port(.notEqual, 81, [.verdict(.jump("cell"))]),
        port(.less, 82, [.verdict(.return)]),
        port(.lessOrEqual, 83, [.verdict(.return)]),
        port(.greater, 84, [.verdict(.return)]),
        port(.greaterOrEqual, 85, [.verdict(.return)]),
    ]

    static let sets = [
        NamedSet(
            name: "peers4", key: [.ipv4Address], comment: "some peers",
            elements: .ipv4([0x0a00_0001, 0x0a00_0009])),
        NamedSet(
            name: "peers6", key: [.ipv6Address],
            elements: .ipv6([0xfd00 << 112 | 1, 0xfd00 << 112 | 2])),
        NamedSet(
            name: "nets4", key: [.ipv4Address], isInterval: true,
            elements: .ipv4Intervals(
                IntervalSet([
                    0...0x00ff_ffff, 0x0a00_0000...0x0a00_00ff, 0x0a00_0200...0x0a00_0207,
                    0xe000_0000...0xffff_ffff,
                ]))),
        NamedSet(
            name: "nets6", key: [.ipv6Address], isInterval: true,
            elements: .ipv6Intervals(
                IntervalSet([
                    (0xfe80 << 112)...(0xfec0 << 112 - 1), (0xff00 << 112)...UInt128.max,
                ]))),
        NamedSet(
            name: "all4", key: [.ipv4Address], isInterval: true, elements: .ipv4Intervals(.full)),
        NamedSet(
            name: "all6", key: [.ipv6Address], isInterval: true, elements: .ipv6Intervals(.full)),
        NamedSet(
            name: "middle4", key: [.ipv4Address], isInterval: true,
            elements: .ipv4Intervals(IntervalSet([0x0a00_0000...0x0a00_00ff]))),
        NamedSet(
            name: "empty4", key: [.ipv4Address], isInterval: true,
            elements: .ipv4Intervals(.empty)),
        NamedSet(
            name: "ports", key: [.inetService], isInterval: true,
            elements: .entries([
                SetEntry(key: [0, 80], keyEnd: [0, 80]),
                SetEntry(key: [3, 0xe8], keyEnd: [7, 0xd0]),
                SetEntry(key: [255, 255], keyEnd: [255, 255]),
            ])),
        NamedSet(
            name: "pairs", key: [.ipv4Address, .inetService],
            elements: .entries([SetEntry(key: [10, 0, 0, 1, 0, 80, 0, 0])])),
        NamedSet(
            name: "types", key: [.icmpv6Type],
            elements: .entries([SetEntry(key: [133]), SetEntry(key: [134])])),
        NamedSet(
            name: "services", key: [.inetProtocol, .inetService], isInterval: true,
            isVerdictMap: true,
            elements: .entries([
                SetEntry(key: service(6, 80), keyEnd: service(6, 90), verdict: .jump("cell")),
                SetEntry(key: service(17, 53), keyEnd: service(17, 53), verdict: .goto("cell")),
                SetEntry(key: service(132, 0), keyEnd: service(132, 65535), verdict: .drop),
            ])),
        NamedSet(
            name: "local4", key: [.ipv4Address], isVerdictMap: true,
            elements: .entries([
                SetEntry(key: [10, 0, 0, 1], verdict: .jump("cell"), comment: "a/web"),
                SetEntry(key: [10, 0, 0, 2], verdict: .return),
                SetEntry(key: [10, 0, 0, 3], verdict: .accept),
            ])),
        NamedSet(
            name: "ranges", key: [.ipv4Address], isInterval: true, isVerdictMap: true,
            elements: .entries([
                SetEntry(key: [10, 0, 0, 0], keyEnd: [10, 0, 0, 255], verdict: .accept),
                SetEntry(key: [10, 0, 1, 0], keyEnd: [10, 0, 1, 255], verdict: .drop),
                SetEntry(
                    key: [255, 0, 0, 0], keyEnd: [255, 255, 255, 255], verdict: .goto("cell")),
            ])),
    ]

    private static func state(_ bits: UInt8) -> [Expression] {
        [
            .conntrackState(into: .first),
            .bitwise(.first, mask: [bits, 0, 0, 0], xor: [0, 0, 0, 0]),
            .compare(.first, .notEqual, [0, 0, 0, 0]),
        ]
    }

    private static func family(_ number: UInt8) -> [Expression] {
        [.meta(.networkProtocol, into: .first), .compare(.first, .equal, [number])]
    }

    private static func port(
        _ comparison: Comparison, _ port: UInt8, _ rest: [Expression]
    ) -> Rule {
        Rule(
            [
                .meta(.transportProtocol, into: .first), .compare(.first, .equal, [6]),
                .payload(.transport, offset: 2, length: 2, into: .first),
                .compare(.first, comparison, [0, port]),
            ] + rest)
    }

    private static func service(_ transport: UInt8, _ port: UInt16) -> [UInt8] {
        [transport, 0, 0, 0] + port.networkBytes + [0, 0]
    }
}
