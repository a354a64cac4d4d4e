// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// One of the conditions of an ``AddressMatch``, and whether it holds for an address.
public enum AddressCondition: Hashable, Sendable {
    /// The address must belong to what the selector matches.
    case selected(EndpointSelector, PeerExplanation.Outcome)
    /// The address must not belong to what the selector matches (S63).
    case notSelected(EndpointSelector, PeerExplanation.Outcome)
    /// The address must lie in one of these blocks: in which it does.
    case inside([CIDR], CIDR?)
    /// The address must lie in none of these blocks: in which it does (S66).
    case outside([CIDR], CIDR?)

    /// Whether the condition holds.
    public var holds: Bool {
        switch self {
        case .selected(_, let outcome): outcome.isMatch
        case .notSelected(_, let outcome): !outcome.isMatch
        case .inside(_, let block): block != nil
        case .outside(_, let block): block == nil
        }
    }
}

extension AddressMatch {
    /// The conditions that are asked, each with what it says of an address.
    ///
    /// - Parameter outcome: What a selector says of it.
    func conditions(
        _ address: IPAddress, _ outcome: (EndpointSelector) -> PeerExplanation.Outcome
    ) -> [AddressCondition] {
        var conditions: [AddressCondition] = []
        if let selector { conditions.append(.selected(selector, outcome(selector))) }
        if let notSelector { conditions.append(.notSelected(notSelector, outcome(notSelector))) }
        if let nets {
            conditions.append(.inside(nets, nets.first { $0.contains(address) }))
        }
        if !notNets.isEmpty {
            conditions.append(.outside(notNets, notNets.first { $0.contains(address) }))
        }
        return conditions
    }
}

extension AddressCondition {
    /// Why the condition holds or does not, in words.
    func reason(_ address: IPAddress) -> String {
        switch self {
        case .selected(_, let outcome): outcome.reason(address)
        case .notSelected(let selector, let outcome) where outcome.isMatch:
            "notSelector (\(selector.wording)) \(outcome.reason(address))"
        case .notSelected(_, .noEndpoint): "notSelector says nothing against \(address)"
        case .notSelected(_, let outcome): "notSelector does not match: \(outcome.reason(address))"
        case .inside(_, let block?): "\(block) contains \(address)"
        case .inside(let blocks, nil):
            blocks.isEmpty ? "nets is empty" : "no block of nets contains \(address)"
        case .outside(_, let block?): "\(block) of notNets contains \(address)"
        case .outside(_, nil): "no block of notNets contains \(address)"
        }
    }
}
