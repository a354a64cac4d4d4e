// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// The end of a packet whose port is asked for.
public enum PacketEnd: Hashable, Sendable {
    case source
    case destination
}

extension PacketDescription {
    /// The port at one end.
    func port(_ end: PacketEnd) -> UInt16? { end == .source ? sourcePort : destinationPort }

    /// The address at one end.
    func address(_ end: PacketEnd) -> IPAddress { end == .source ? source : destination }
}
