// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What a careful administrator writes by hand: established connections first, then by the packet's
/// destination to the endpoint, and there one rule for each rule of a policy: the port, then a plain
/// set of all who are meant. It knows policies for ingress alone.
public struct FlatRuleset {
    private let node: RivalNode
    private let family: AddressFamily
    private let header: String

    /// A ruleset for the packets of one family.
    public init(_ node: RivalNode, _ family: AddressFamily) {
        self.node = node
        self.family = family
        header = family == .ipv4 ? "ip" : "ip6"
    }

    /// The ruleset as `nft -f` reads it.
    ///
    /// - Throws: `UnsupportedPolicy`.
    public func text() throws -> String {
        var text = RulesetText()
        text.chain(
            "forward", hook: "type filter hook forward priority filter; policy accept;",
            [
                "ct state established,related accept",
                "\(header) daddr vmap @endpoints",
            ])
        var verdicts: [String] = []
        var setCount = 0
        var tiers: [[PolicyID]: String] = [:]
        for (number, place) in node.places.enumerated() {
            guard place.local.egress.isEmpty else {
                throw UnsupportedPolicy(what: "egress in one flat list of rules")
            }
            let addresses = place.local.addresses
            let texts =
                family == .ipv4
                ? addresses.ipv4.map { "\(IPAddress.ipv4($0))" }
                : addresses.ipv6.map { "\(IPAddress.ipv6($0))" }
            verdicts += texts.map { "\($0) : jump endpoint-\(number)" }
            var jumps: [String] = []
            for layer in place.local.ingress.tiers {
                let identifiers = layer.policies.map(\.id)
                let name = tiers[identifiers] ?? "tier-\(tiers.count)"
                jumps.append("jump \(name)")
                guard tiers[identifiers] == nil else { continue }
                tiers[identifiers] = name
                var rules: [String] = []
                for rule in layer.policies.flatMap({ $0.ingress ?? [] }) {
                    rules += try lines(rule, &setCount, &text)
                }
                text.chain(name, rules + (layer.tier.defaultAction == .deny ? ["drop"] : []))
            }
            text.chain("endpoint-\(number)", jumps)
        }
        text.set(
            "endpoints", kind: "map",
            type: (family == .ipv4 ? "ipv4_addr" : "ipv6_addr") + " : verdict", verdicts)
        return text.table("inet", "flat")
    }

    /// A rule that passes returns from the tier's chain.
    private func lines(
        _ rule: Rule, _ setCount: inout Int, _ text: inout RulesetText
    ) throws -> [String] {
        guard rule.conditions == .none else {
            throw UnsupportedPolicy(what: "conditions beside peers and ports")
        }
        var peer = ""
        if case .only(let peers) = rule.peers {
            let name = "peers-\(setCount)"
            setCount += 1
            try writeSet(name, peers, &text)
            peer = "\(header) saddr @\(name) "
        }
        let verdict =
            switch rule.action {
            case .allow: "accept"
            case .deny: "drop"
            case .pass: "return"
            case .log: throw UnsupportedPolicy(what: "logging in one flat list of rules")
            }
        return try PortCondition.all(of: rule.ports).map { $0.text + peer + verdict }
    }

    /// One set of all the peers; of intervals only where there are blocks.
    private func writeSet(
        _ name: String, _ peers: [Peer], _ text: inout RulesetText
    ) throws {
        var single = AddressSet.empty
        var elements: Set<IPAddress> = []
        var blocks = AddressSet.empty
        for peer in peers {
            switch peer {
            case .endpoints(let selector):
                let peer = EndpointPeer(selector)
                blocks = blocks.union(node.resolution.blocks(of: peer))
                let addresses = node.resolution.addresses(of: peer)
                elements.formUnion(addresses.ipv4.map(IPAddress.ipv4))
                elements.formUnion(addresses.ipv6.map(IPAddress.ipv6))
            case .network(let block, let exceptions):
                blocks = blocks.union(AddressSet([block]).subtracting(AddressSet(exceptions)))
            case .addresses, .nodes, .service:
                throw UnsupportedPolicy(what: "the peer \(peer)")
            }
        }
        let members = elements.filter { $0.family == family }.sorted()
        var texts = members.map(\.description)
        let isInterval = !(family == .ipv4 ? blocks.ipv4.isEmpty : blocks.ipv6.isEmpty)
        if isInterval {
            single = AddressSet(
                members.map { CIDR($0, prefixLength: family == .ipv4 ? 32 : 128) })
            let all = single.union(blocks)
            texts =
                family == .ipv4
                ? all.ipv4.intervals.map(\.blockText) : all.ipv6.intervals.map(\.blockText)
        }
        text.set(
            name, type: family == .ipv4 ? "ipv4_addr" : "ipv6_addr", isInterval: isInterval, texts)
    }
}
