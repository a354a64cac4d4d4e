// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A mutation with which nothing can be done.
public struct MutationError: Error, CustomStringConvertible {
    let mutation: String
    let seed: UInt64
    let reason: String

    public var description: String { "seed \(seed): \(mutation): \(reason)" }
}
