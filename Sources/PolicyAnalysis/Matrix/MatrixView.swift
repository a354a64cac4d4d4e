// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Which part of a matrix is shown.
public struct MatrixView: Sendable {
    /// The packets that matter; nil for all.
    public var packets: TransportSet?
    /// The namespaces of which one must be the sender's or the receiver's; nil for all.
    public var namespaces: Set<String>?

    /// A view of these packets and namespaces.
    public init(packets: TransportSet? = nil, namespaces: Set<String>? = nil) {
        self.packets = packets
        self.namespaces = namespaces
    }

    /// What of a connection is seen.
    func seen(_ set: TransportSet) -> TransportSet {
        packets.map(set.intersection) ?? set.withoutPortZero
    }

    /// All that could be allowed.
    var everything: TransportSet { seen(.all) }

    /// Whether a pair is seen.
    func shows(_ from: ReachabilityPeer, _ to: ReachabilityPeer) -> Bool {
        guard let namespaces else { return true }
        return from.namespace.map(namespaces.contains) ?? false
            || to.namespace.map(namespaces.contains) ?? false
    }
}
