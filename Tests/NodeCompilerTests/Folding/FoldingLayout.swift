// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

/// Which tier each of up to four policies stands in, and which of the tiers deny by default.
struct FoldingLayout: Sendable, CustomTestStringConvertible {
    /// The tiers' numbers, ascending, for the policies in the order in which they are asked.
    var places: [Int]
    /// By the tiers' numbers.
    var defaults: [Tier.DefaultAction]

    var testDescription: String { "\(places) \(defaults)" }

    /// All layouts of up to four policies in up to four tiers, each of which has one at least.
    static let all: [FoldingLayout] = (1...4).flatMap { count in
        // A bit for each policy but the first: whether it begins a tier.
        (0..<1 << (count - 1)).flatMap { bits -> [FoldingLayout] in
            var places = [0]
            for index in 1..<count { places.append(places[index - 1] + bits >> (index - 1) & 1) }
            let tiers = places[count - 1] + 1
            return (0..<1 << tiers).map { defaults in
                FoldingLayout(
                    places: places,
                    defaults: (0..<tiers).map { defaults >> $0 & 1 == 0 ? .deny : .pass })
            }
        }
    }

    /// The tiers, those that are asked last before the others.
    var tiers: [Tier] {
        defaults.enumerated().reversed().map {
            Tier(name: "tier-\($0)", order: Double($0), defaultAction: $1)
        }
    }

    /// A walk over the actions that the policies take about a packet, with the number of the tier that
    /// was left: what a packet's fate is by the tiers' documentation, and nothing else.
    func isAllowed(_ actions: [Action]) -> Bool {
        var left = -1
        for (index, action) in actions.enumerated() where places[index] > left {
            if action == .allow { return true }
            if action == .deny { return false }
            if action == .pass { left = places[index] }
            let isLast = index + 1 == actions.count || places[index + 1] > places[index]
            if isLast, action == .log, defaults[places[index]] == .deny { return false }
        }
        return true
    }
}

/// The policies of a layout, which take every list of actions at once: each does what one field of the packet
/// tells, so that a packet is a list.
struct FoldedPolicies {
    let layout: FoldingLayout
    /// Which field the first policy goes by; those of the others follow.
    let rotation: Int

    /// What a policy can go by: rules about peers, about ports and about the subject are compiled
    /// differently.
    private enum Field: CaseIterable {
        case source, destination, sourcePort, destinationPort
    }

    private static let actions: [Action] = [.allow, .deny, .pass, .log]

    private var count: Int { layout.places.count }

    /// The numbers of all lists of actions: their digits, to the base of four, are the actions.
    var lists: Range<Int> { 0..<1 << (2 * count) }

    /// What the policies do about the packet of a number.
    func actions(_ list: Int) -> [Action] { (0..<count).map { Self.actions[digit($0, of: list)] } }

    private func digit(_ index: Int, of list: Int) -> Int { list >> (2 * index) & 3 }

    private func field(_ index: Int) -> Field { Field.allCases[(index + rotation) % 4] }

    /// In the order in which they are asked. Their names run against their orders, so that they cannot stand
    /// in for them.
    var policies: [Policy] {
        layout.places.enumerated().map { index, place in
            Policy(
                id: PolicyID(
                    kind: "GlobalNetworkPolicy", namespace: nil, name: "policy-\(9 - index)"),
                tier: "tier-\(place)", order: Double(index), subject: .everyEndpoint,
                ingress: Self.actions.indices.map { rule($0, of: index) })
        }
    }

    private func rule(_ digit: Int, of index: Int) -> Rule {
        var rule = Rule(Self.actions[digit])
        let number = UInt16(1000 + digit)
        switch field(index) {
        case .source: rule.peers = .only([block(FoldingWorld.peers[digit])])
        case .destination: rule.conditions.own = .only([block(FoldingWorld.pods[digit])])
        case .sourcePort, .destinationPort:
            rule.ports = .only([.every(.tcp)])
            let ports = Ports.only([.numbers(.tcp, number...number)])
            if field(index) == .sourcePort {
                rule.conditions.sourcePorts = ports
            } else {
                rule.ports = ports
            }
        }
        return rule
    }

    private func block(_ address: IPAddress) -> Peer {
        .network(CIDR(address, prefixLength: 32), except: [])
    }

    /// The packet of a number.
    func packet(_ list: Int) -> PacketDescription {
        var packet = PacketDescription(
            source: FoldingWorld.peers[0], destination: FoldingWorld.pods[0], transport: .tcp,
            destinationPort: 1000, sourcePort: 1000)
        for index in 0..<count {
            let digit = digit(index, of: list)
            switch field(index) {
            case .source: packet.source = FoldingWorld.peers[digit]
            case .destination: packet.destination = FoldingWorld.pods[digit]
            case .sourcePort: packet.sourcePort = UInt16(1000 + digit)
            case .destinationPort: packet.destinationPort = UInt16(1000 + digit)
            }
        }
        return packet
    }
}
