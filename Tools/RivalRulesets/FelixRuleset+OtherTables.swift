// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

extension FelixRuleset {
    /// The chains at the hooks of raw, mangle and nat.
    ///
    /// nat is the dear one: with a chain there, each new connection is prepared to be translated.
    func otherTables(_ text: inout RulesetText) {
        raw(&text)
        mangle(&text)
        nat(&text)
    }

    private func raw(_ text: inout RulesetText) {
        let from = FelixMark.fromEndpoint
        text.chain(
            "raw-prerouting", hook: "type filter hook prerouting priority raw; policy accept;",
            [
                "counter \(FelixMark.clearAll)",
                "iifname \"\(node.prefix)*\" counter \(from.set)",
                "\(from.isSet) counter jump spoofing-exempt",
                "\(from.isSet) fib saddr . mark . iif oif 0 counter drop",
                "\(from.isClear) counter jump from-host-untracked",
                "\(FelixMark.accept.isSet) counter accept",
            ])
        text.chain(
            "raw-output", hook: "type filter hook output priority raw; policy accept;",
            [
                "counter \(FelixMark.clearAll)", "counter jump to-host-untracked",
                "\(FelixMark.accept.isSet) counter accept",
            ])
        for name in ["spoofing-exempt", "from-host-untracked", "to-host-untracked"] {
            text.chain(name, [])
        }
    }

    private func mangle(_ text: inout RulesetText) {
        text.chain(
            "mangle-prerouting",
            hook: "type filter hook prerouting priority mangle; policy accept;",
            [
                "ct state established,related counter accept",
                "\(FelixMark.accept.isSet) counter accept",
                "counter jump from-host-before-translation",
                "\(FelixMark.accept.isSet) counter accept",
            ])
        text.chain(
            "mangle-postrouting",
            hook: "type filter hook postrouting priority mangle; policy accept;",
            [
                "\(FelixMark.accept.isSet) counter return",
                "counter \(FelixMark.clearAll)",
                "ct status dnat counter jump to-host-translated",
                "\(FelixMark.accept.isSet) counter return",
            ])
        for name in ["from-host-before-translation", "to-host-translated"] {
            text.chain(name, [])
        }
    }

    private func nat(_ text: inout RulesetText) {
        text.chain(
            "nat-prerouting", hook: "type nat hook prerouting priority dstnat; policy accept;",
            ["counter jump floating-in"])
        text.chain(
            "nat-output", hook: "type nat hook output priority -100; policy accept;",
            ["counter jump floating-in"])
        text.chain(
            "nat-postrouting", hook: "type nat hook postrouting priority srcnat; policy accept;",
            ["counter jump floating-out", "counter jump outgoing"])
        let header = family == .ipv4 ? "ip" : "ip6"
        text.chain(
            "outgoing",
            ["\(header) saddr @pools-translated \(header) daddr != @pools counter masquerade"])
        for name in ["floating-in", "floating-out"] { text.chain(name, []) }
        let type = family == .ipv4 ? "ipv4_addr" : "ipv6_addr"
        for name in ["pools-translated", "pools"] {
            text.set(
                name, type: type, isInterval: true,
                node.pools.filter { $0.family == family }.map(\.description))
        }
    }
}
