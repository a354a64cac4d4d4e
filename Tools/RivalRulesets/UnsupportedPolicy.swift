// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A policy asks for something that a rival's generator cannot say. Nothing is left out in silence:
/// a shape that decides otherwise than the others would be no comparison.
public struct UnsupportedPolicy: Error, CustomStringConvertible {
    /// What was asked for.
    public let what: String

    /// For people.
    public var description: String { "the rivals' generators do not know \(what)" }
}
