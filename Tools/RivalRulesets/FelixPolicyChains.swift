// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The chains of Felix's policies and of groups of them, each written once.
struct FelixPolicyChains {
    private let family: AddressFamily
    private var policies: [Key<PolicyID>: String] = [:]
    private var groups: [Key<[PolicyID]>: String] = [:]

    private struct Key<Content: Hashable>: Hashable {
        var content: Content
        var direction: Direction
    }

    /// After so many jumps of a group's chain the marks are looked at once for all that follow.
    private static let stride = 5

    init(_ family: AddressFamily) { self.family = family }

    /// The chains that an endpoint's chain jumps to for a tier's policies, in order.
    mutating func chains(
        for all: [Policy], _ direction: Direction, _ text: inout RulesetText,
        _ sets: inout FelixSets
    ) throws -> [String] {
        var result: [String] = []
        var rest = all[...]
        while let first = rest.first {
            let group = Array(rest.prefix { $0.subject == first.subject })
            rest = rest.dropFirst(group.count)
            let chains = try group.map { try chain(of: $0, direction, &text, &sets) }
            if group.count == 1 {
                result += chains
            } else {
                result.append(self.group(group.map(\.id), chains, direction, &text))
            }
        }
        return result
    }

    private mutating func group(
        _ identifiers: [PolicyID], _ chains: [String], _ direction: Direction,
        _ text: inout RulesetText
    ) -> String {
        let key = Key(content: identifiers, direction: direction)
        if let known = groups[key] { return known }
        let name = "\(direction.rawValue)-group-\(groups.count)"
        groups[key] = name
        var rules: [String] = []
        for (position, chain) in chains.enumerated() {
            let isFirst = position % Self.stride == 0
            if isFirst, position > 0 { rules.append("\(FelixMark.hasVerdict) counter return") }
            rules.append((isFirst ? "" : "\(FelixMark.hasNoVerdict) ") + "counter jump \(chain)")
        }
        text.chain(name, rules)
        return name
    }

    private mutating func chain(
        of policy: Policy, _ direction: Direction, _ text: inout RulesetText,
        _ sets: inout FelixSets
    ) throws -> String {
        let key = Key(content: policy.id, direction: direction)
        if let known = policies[key] { return known }
        let name = "\(direction.rawValue)-policy-\(policies.count)"
        policies[key] = name
        let rules = try (policy.rules(direction) ?? []).flatMap {
            try FelixRule($0, direction, family).lines(&sets)
        }
        text.chain(name, rules)
        return name
    }
}
