// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What Calico's Felix gives a node in its nftables mode (release line 3.33), in shape: the same
/// chains in the same order, the same matches in the same order within a rule, the same marks.
///
/// It is a generator for measurements, of one family, for the packets that a node forwards. What
/// such packets do not meet is not there (INPUT and OUTPUT chains, failsafes, IPIP and VXLAN),
/// so its numbers of rules and chains are below the real ones.
///
/// * A packet is dispatched by the name of its interface, through a verdict map.
/// * Each endpoint has a chain for each direction, which accepts established connections itself,
///   goes through the tiers, and then through the endpoint's profile.
/// * Each policy has a chain for each direction. A rule is one for each protocol and peer. It asks
///   for the protocol, then for the other side's address, then for the port; a match sets a mark,
///   and the next rule acts on it.
/// * Two or more successive policies of one selector share a chain that jumps to theirs, and looks
///   at the marks between the jumps.
/// * A selector is a set with the interval flag, even if all its elements are single addresses.
/// * Every rule counts.
public struct FelixRuleset {
    /// Which of its base chains are there.
    public enum Extent: Sendable {
        /// Those of filter alone.
        case filter
        /// Those of raw, mangle and nat as well.
        case whole
    }

    let node: RivalNode
    let family: AddressFamily
    let extent: Extent

    /// A ruleset for the packets of one family.
    public init(_ node: RivalNode, _ family: AddressFamily, _ extent: Extent) {
        self.node = node
        self.family = family
        self.extent = extent
    }

    /// The ruleset as `nft -f` reads it.
    ///
    /// - Throws: `UnsupportedPolicy`.
    public func text() throws -> String {
        var text = RulesetText()
        var sets = FelixSets(node.resolution, family)
        try filter(&text, &sets)
        if extent == .whole { otherTables(&text) }
        sets.write(&text)
        return text.table(family == .ipv4 ? "ip" : "ip6", "felix-shaped")
    }

    private func filter(_ text: inout RulesetText, _ sets: inout FelixSets) throws {
        text.chain(
            "filter-forward", hook: "type filter hook forward priority filter; policy accept;",
            [
                "counter jump forward",
                "\(FelixMark.accept.isSet) counter accept",
                "counter \(FelixMark.accept.set)",
            ])
        text.chain(
            "forward",
            [
                "counter \(FelixMark.clearAll)",
                "\(FelixMark.accept.isClear) counter jump from-host-forward",
                "iifname \"\(node.prefix)*\" counter jump from-dispatch",
                "oifname \"\(node.prefix)*\" counter jump to-dispatch",
                "counter jump to-host-forward",
                "counter jump service-loops",
            ])
        for name in ["from-host-forward", "to-host-forward", "service-loops"] {
            text.chain(name, [])
        }
        for direction in Direction.allCases { dispatch(direction, &text) }
        var chains = FelixPolicyChains(family)
        for (number, place) in node.places.enumerated() {
            for direction in Direction.allCases {
                try endpoint(number, place, direction, &text, &sets, &chains)
            }
        }
        for name in Set(node.places.map { Self.profile($0) }).sorted() {
            text.chain(
                name,
                ["counter \(FelixMark.accept.set)", "\(FelixMark.accept.isSet) counter return"])
        }
    }

    private func dispatch(_ direction: Direction, _ text: inout RulesetText) {
        let name = Self.side(direction) + "-dispatch"
        text.set(
            "by-interface-\(Self.side(direction))", kind: "map", type: "ifname : verdict",
            node.places.enumerated().map { number, place in
                "\"\(place.interface)\" : goto \(Self.side(direction))-endpoint-\(number)"
            })
        let key = direction == .ingress ? "oifname" : "iifname"
        text.chain(
            name, ["\(key) vmap @by-interface-\(Self.side(direction))", "counter drop"])
    }

    private func endpoint(
        _ number: Int, _ place: RivalNode.Place, _ direction: Direction,
        _ text: inout RulesetText, _ sets: inout FelixSets, _ chains: inout FelixPolicyChains
    ) throws {
        var rules = [
            "ct state established,related counter accept", "ct state invalid counter drop",
            "counter \(FelixMark.accept.clear)",
        ]
        if direction == .egress {
            rules += ["udp dport 4789 counter drop", "meta l4proto 4 counter drop"]
        }
        let stack = direction == .ingress ? place.local.ingress : place.local.egress
        for layer in stack.tiers {
            guard layer.tier != Profile.tier else {
                throw UnsupportedPolicy(what: "profiles other than the namespace's")
            }
            rules.append("counter \(FelixMark.pass.clear)")
            for chain in try chains.chains(for: layer.policies, direction, &text, &sets) {
                rules.append("\(FelixMark.pass.isClear) counter jump \(chain)")
                rules.append("\(FelixMark.accept.isSet) counter return")
            }
            if layer.tier.defaultAction == .deny {
                rules.append("\(FelixMark.pass.isClear) counter drop")
            }
        }
        rules += [
            "counter jump \(Self.profile(place))", "\(FelixMark.accept.isSet) counter return",
            "counter drop",
        ]
        text.chain("\(Self.side(direction))-endpoint-\(number)", rules)
    }

    private static func side(_ direction: Direction) -> String {
        direction == .ingress ? "to" : "from"
    }

    /// The profile of the endpoint's namespace, which allows everything.
    private static func profile(_ place: RivalNode.Place) -> String {
        "profile-\(place.local.endpoint.id.namespace)"
    }
}
