// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Where in a ruleset something is decided.
public struct RulePlace: Hashable, Sendable {
    /// The chain's name.
    public var chain: String
    /// The rule's position in its chain, from zero; nil for the policy of a base chain.
    public var position: Int?

    /// A rule of a chain, or its policy.
    public init(chain: String, position: Int?) {
        self.chain = chain
        self.position = position
    }
}
