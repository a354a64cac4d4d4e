// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What became of a probe.
public enum Outcome: String, Hashable, Sendable {
    /// The packet arrived and the answer came back.
    case answered

    /// The other side said no: the packet arrived where nobody serves that port, or something on
    /// the way rejects it in the name of the other side.
    case refused

    /// Nothing came back in time.
    case silent

    /// Whether the packet arrived.
    public var isDelivered: Bool { self != .silent }
}
