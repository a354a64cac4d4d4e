// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Packets between an endpoint and its peers about which the same is decided for the same reason.
package struct PolicyOutcome: Sendable {
    /// What decides.
    package enum Reason: Hashable, Sendable {
        /// A rule allows, denies or passes on.
        case rule(RuleReference, Action)
        /// A tier denies by default what none of these policies' rules matches.
        case isolated(tier: String, by: [PolicyID])
        /// Every tier has passed the packets on: they are allowed.
        case passed
    }

    package let reason: Reason
    /// The packets; together no outcomes but those of rules that pass on share any.
    package let regions: [PeerRegion]

    /// Whether the packets may go on as far as this direction is concerned; nil if that is left to
    /// the next tier.
    package var isAllowed: Bool? {
        switch reason {
        case .rule(_, .allow), .passed: true
        case .rule(_, .deny), .isolated: false
        case .rule(_, .pass), .rule(_, .log): nil
        }
    }
}
