// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// An end of a packet: its address, and its port there.
public enum PacketEnd: Hashable, Sendable, CaseIterable {
    case source
    case destination

    /// The end of those that are judged in a direction.
    static func own(_ direction: Direction) -> PacketEnd {
        direction == .ingress ? .destination : .source
    }
}
