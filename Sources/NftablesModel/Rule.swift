// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Expressions that are evaluated in order until one does not hold or gives a verdict.
public struct Rule: Hashable, Sendable {
    /// In the order in which the kernel evaluates them.
    public var expressions: [Expression]
    /// At most ``Comment/maximumLength`` bytes.
    public var comment: String?

    /// A rule of these expressions.
    public init(_ expressions: [Expression], comment: String? = nil) {
        self.expressions = expressions
        self.comment = comment
    }
}
