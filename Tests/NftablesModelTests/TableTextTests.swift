// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import Testing

@Suite struct TableTextTests {
    static let rules: [(Rule, String)] = [
        (
            Rule(Expression.isConnection([.established, .related]) + [.verdict(.accept)]),
            "ct state established,related accept"
        ),
        (
            Rule(Expression.isFamily(.ipv6) + [.verdict(.return)], comment: "shop/web"),
            "meta nfproto ipv6 return comment \"shop/web\""
        ),
        (
            Rule(
                Expression.isFamily(.ipv4) + [
                    .load(.source, .ipv4, into: .first),
                    .lookup(set: "pods4-1", key: .first, isInverted: true), .verdict(.drop),
                ]), "ip saddr != @pods4-1 drop"
        ),
        (
            Rule(
                Expression.isFamily(.ipv6) + [
                    .load(.destination, .ipv6, into: .first),
                    .compare(.first, .equal, UInt128(1).networkBytes), .counter,
                ]), "ip6 daddr ::1 counter"
        ),
        (Rule(Expression.isTransport(.sctp) + [.verdict(.goto("c"))]), "meta l4proto sctp goto c"),
        (
            Rule(Expression.decideByPort("ports")),
            "meta l4proto . th dport vmap @ports"
        ),
        (
            Rule(Expression.isICMPv6Type(in: "types") + [.verdict(.accept)]),
            "icmpv6 type @types accept"
        ),
        (
            Rule(
                Expression.isFamily(.ipv4) + [
                    .payload(.network, offset: 12, length: 2, into: .first),
                    .compare(.first, .equal, [10, 1]), .verdict(.drop),
                ]), "ip saddr 10.1.0.0/16 drop"
        ),
        (
            Rule(
                Expression.isFamily(.ipv6) + [
                    .payload(.network, offset: 24, length: 16, into: .first),
                    .bitwise(
                        .first, mask: [0xff, 0xf8] + [UInt8](repeating: 0, count: 14),
                        xor: [UInt8](repeating: 0, count: 16)),
                    .compare(.first, .notEqual, [0xfd] + [UInt8](repeating: 0, count: 15)),
                    .verdict(.accept),
                ]), "ip6 daddr != fd00::/13 accept"
        ),
        (
            // No prefix: every other bit.
            Rule(
                Expression.isFamily(.ipv4) + [
                    .load(.source, .ipv4, into: .first),
                    .bitwise(.first, mask: [0xaa, 0, 0, 0], xor: [0, 0, 0, 0]),
                    .compare(.first, .equal, [2, 0, 0, 0]),
                ]), "# <comparison of register 0>"
        ),
        (
            Rule(Expression.isFromThisNode + [.verdict(.jump("x"))]),
            "fib saddr type local jump x"
        ),
        (Rule([.log(prefix: "sluice "), .verdict(.accept)]), "log prefix \"sluice \" accept"),
        (Rule([.unknown(name: "quota", attributes: [1])]), "# <unknown expression quota>"),
        (
            Rule([
                .payload(.link, offset: 0, length: 6, into: .first), .compare(.first, .equal, [0]),
            ]),
            "# <comparison of register 0>"
        ),
    ]

    @Test("Rules print as nft writes them; nothing is lost in what it cannot say", arguments: rules)
    func rule(rule: Rule, text: String) {
        #expect(rule.text() == text)
    }

    @Test("Counters print what they have counted where that is known")
    func counters() {
        let rule = Rule([.counter, .verdict(.drop)])
        #expect(
            rule.text(counter: CounterValue(packets: 5, bytes: 300))
                == "counter packets 5 bytes 300 drop")
    }

    @Test("Comments fit into what nft takes, whatever the names")
    func comments() {
        let long = String(repeating: "n", count: 300)
        for list in [[], ["a"], [long], ["a", long], Array(repeating: "shop/web", count: 60)] {
            let text = Comment.listing("", list)
            #expect(text.utf8.count <= Comment.maximumLength)
        }
        #expect(Comment.listing("", ["a", "b"]) == "a, b")
        #expect(Comment.listing("", Array(repeating: "0123456789", count: 12)).hasSuffix("(+2)"))
        #expect(Comment.fitting("a\"b\nc\u{e9}") == "abc")
    }
}
