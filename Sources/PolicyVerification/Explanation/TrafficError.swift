// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Why a question about traffic cannot be asked as it stands.
public struct TrafficError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, and what to write instead.
    public var description: String

    /// An error with a text for people.
    public init(_ description: String) { self.description = description }
}
