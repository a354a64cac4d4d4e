// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// A packet's way through the node's stack, by the hooks it passes.
public enum Journey: String, Hashable, Sendable, CaseIterable {
    /// From one interface to another.
    case forwarded
    /// Out of the node without having been forwarded: its own packets, and Service traffic that
    /// IPVS hands on.
    case sent
    /// To the node itself; no policy governs it (S22).
    case received

    /// The hooks in the order in which the packet comes to them.
    public var hooks: [Hook] {
        switch self {
        case .forwarded: [.prerouting, .forward, .postrouting]
        case .sent: [.output, .postrouting]
        case .received: [.prerouting, .input]
        }
    }
}
