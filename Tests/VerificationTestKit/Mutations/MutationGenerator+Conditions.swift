// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyTestKit

/// Texts of rules that are not Sluice's.
extension MutationGenerator {
    /// A rule with up to three conditions.
    mutating func newRule(isUnknowable: Bool) -> String {
        let family = random.pick([AddressFamily.ipv4, .ipv6])
        var conditions = (0..<random.pick([0, 1, 1, 2, 2, 3])).map { _ in condition(family) }
        if isUnknowable {
            conditions.insert(unknowable(), at: random.number(in: 0...conditions.count))
        }
        let parts = conditions + [random.chance(10) ? "counter" : "", newVerdict()]
        return parts.filter { !$0.isEmpty }.joined(separator: " ")
    }

    private mutating func newVerdict() -> String {
        let targets = table.chains.filter { $0.base == nil }.map(\.name)
        return random.pick(weighted: [
            "accept": 34, "drop": 34, "return": 12, "reject": 6,
            "goto \(random.pick(targets))": 7, "jump \(random.pick(targets))": 7,
        ])
    }

    /// Something that the packet's headers and the table do not tell, or that changes the packet.
    private mutating func unknowable() -> String {
        random.pick([
            "notrack", "meta mark set 7", "ct mark set 5", "ip daddr set \(address(.ipv4))",
            "ip6 saddr set \(address(.ipv6))", "th dport set \(port())",
            "tcp option maxseg size set 1300",
            "limit rate 10/second", "limit rate over 5/minute", "ct mark 7", "meta mark 0x10",
            "iifname \"left\"", "oifname != \"right\"", "ip ttl < 5", "meta length 40-80",
            "ct direction original", "quota over 10 mbytes", "tcp flags syn",
            "th dport != 80-90", "meta pkttype host", "ip dscp cs1",
        ])
    }

    private mutating func condition(_ family: AddressFamily) -> String {
        switch random.number(in: 0...9) {
        case 0...3: addressCondition(family)
        case 4...6: portCondition()
        case 7: protocolCondition(family)
        case 8: stateCondition()
        default: setCondition(family)
        }
    }

    private mutating func addressCondition(_ family: AddressFamily) -> String {
        let name = family == .ipv4 ? "ip" : "ip6"
        let side = random.pick(["saddr", "daddr"])
        let first = address(family)
        let others = (0..<random.number(in: 1...3)).map { _ in address(family) }
        let ends = [first, others[0]].sorted()
        let list = Set(others + [first]).sorted().map(\.description).joined(separator: ", ")
        return random.pick([
            "\(name) \(side) \(first)", "\(name) \(side) != \(first)",
            "\(name) \(side) \(block(family))", "\(name) \(side) \(block(family))",
            "\(name) \(side) != \(block(family))", "\(name) \(side) { \(list) }",
            "\(name) \(side) != { \(list) }",
            ends[0] == ends[1] ? "" : "\(name) \(side) \(ends[0])-\(ends[1])",
            "\(name) \(side) { \(block(family)) }",
            "\(name) saddr \(first) \(name) daddr \(others[0])",
            "\(name) saddr . \(name) daddr { \(first) . \(others[0]) }",
        ])
    }

    private mutating func portCondition() -> String {
        let low = port()
        let high = max(low, port())
        let transport = random.pick(["tcp", "tcp", "udp", "sctp", "th"])
        let side = random.pick(["dport", "dport", "dport", "sport"])
        return random.pick([
            "\(transport) \(side) \(low)", "\(transport) \(side) != \(low)",
            low == high ? "" : "\(transport) \(side) \(low)-\(high)",
            "\(transport) \(side) < \(low)", "\(transport) \(side) >= \(low)",
            low == high ? "" : "\(transport) \(side) { \(low), \(high) }",
            low == high ? "" : "\(transport) \(side) { \(low)-\(high) }",
            "meta l4proto { tcp, udp } th dport \(low)",
            "meta l4proto . th dport { tcp . \(low), udp . \(high) }",
        ])
    }

    private mutating func protocolCondition(_ family: AddressFamily) -> String {
        random.pick([
            "meta l4proto tcp", "meta l4proto != tcp", "meta l4proto { tcp, udp }",
            "meta l4proto esp", "meta nfproto ipv4", "meta nfproto ipv6", "meta l4proto < 17",
            "icmp type echo-request", "icmpv6 type echo-request", "icmpv6 type { 128, 135 }",
            "icmpv6 type 130-136",
        ])
    }

    private mutating func stateCondition() -> String {
        random.pick([
            "ct state new", "ct state invalid", "ct state established", "ct state untracked",
            "ct state new,established", "ct state { new, untracked }", "ct state != new",
            "ct state != established", "ct state != { established, related }",
        ])
    }

    /// A lookup in one of the table's own sets of addresses.
    private mutating func setCondition(_ family: AddressFamily) -> String {
        let type: FieldType = family == .ipv4 ? .ipv4Address : .ipv6Address
        let sets = table.sets.filter { $0.key == [type] && !$0.isVerdictMap }
        guard let set = any(sets) else { return addressCondition(family) }
        let name = family == .ipv4 ? "ip" : "ip6"
        return "\(name) \(random.pick(["saddr", "daddr"])) \(random.pick(["", "!= "]))@\(set.name)"
    }
}
