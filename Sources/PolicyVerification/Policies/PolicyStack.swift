// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The policies that govern an endpoint in one direction, tier by tier in the order in which they
/// are asked; none where no policy governs it.
package struct PolicyStack: Hashable, Sendable {
    /// One tier's policies, by their positions in ``Governance/policies``.
    package struct Level: Hashable, Sendable {
        package var tier: String
        package var defaultAction: Tier.DefaultAction
        package var policies: [Int]
    }

    package var levels: [Level] = []

    /// Nobody is asked.
    package init() {}

    /// No policy governs the endpoint (S2).
    package var isEmpty: Bool { levels.isEmpty }
    /// The positions of all policies.
    package var policies: [Int] { levels.flatMap(\.policies) }
}
