// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// Every list of up to four policies, each with one rule that matches, in every layout of tiers,
/// judged by a second opinion that knows nothing but the actions.
@Suite("Folding of tiers")
struct TierFoldingTests {
    private static let actions: [Action] = [.allow, .deny, .pass, .log]

    /// Which tier each of the policies stands in, and which of the tiers deny by default.
    struct Layout: Sendable, CustomTestStringConvertible {
        var places: [Int]
        var defaults: [Tier.DefaultAction]

        var testDescription: String { "\(places) \(defaults)" }

        /// All layouts of up to four policies in up to three tiers, without empty tiers between.
        static let all: [Layout] = [
            [0], [0, 0], [0, 1], [0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 1, 2], [0, 0, 0, 0],
            [0, 0, 0, 1], [0, 0, 1, 1], [0, 1, 1, 1], [0, 0, 1, 2], [0, 1, 1, 2], [0, 1, 2, 2],
        ].flatMap { places in
            let tiers = places[places.count - 1] + 1
            return (0..<1 << tiers).map { bits in
                Layout(
                    places: places,
                    defaults: (0..<tiers).map { bits >> $0 & 1 == 0 ? .deny : .pass })
            }
        }
    }

    @Test("S52, S53, S61: all actions in all layouts", arguments: Layout.all)
    func folding(layout: Layout) {
        var world = SmallWorld()
        world.state.tiers = layout.defaults.enumerated().reversed().map {
            Tier(name: "tier-\($0)", order: Double($0), defaultAction: $1)
        }
        for (number, actions) in Self.lists(layout.places.count).enumerated() {
            let policies = zip(actions, layout.places).enumerated().map { index, policy in
                tierPolicy(
                    "p", tier: "tier-\(policy.1)", order: Double(index),
                    ingress: [Rule(policy.0)])
            }.enumerated().map { index, policy in
                var named = policy
                // Names run against the orders, so that they cannot stand in for them.
                named.id.name = "policy-\(9 - index)"
                return named
            }
            // Up to three policies arrive in every order, four in one of them after the other.
            let orders = Self.permutations(policies)
            let some = orders.count <= 6 ? orders : [orders[number % orders.count]]
            for order in some {
                world.state.policies = order
                #expect(
                    world.allows("lab/probe", "shop/web")
                        == isAllowed(actions, layout.places, layout.defaults),
                    "\(actions)")
            }
        }
    }

    /// The second opinion: a walk over the actions with the number of the tier that was left.
    private func isAllowed(
        _ actions: [Action], _ places: [Int], _ defaults: [Tier.DefaultAction]
    ) -> Bool {
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

    private static func lists(_ count: Int) -> [[Action]] {
        (0..<count).reduce([[]]) { lists, _ in
            lists.flatMap { list in actions.map { list + [$0] } }
        }
    }

    private static func permutations<Element>(_ elements: [Element]) -> [[Element]] {
        guard let last = elements.last else { return [[]] }
        return permutations(Array(elements.dropLast())).flatMap { shorter in
            (0...shorter.count).map { place in
                var longer = shorter
                longer.insert(last, at: place)
                return longer
            }
        }
    }
}
