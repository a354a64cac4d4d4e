// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// The tunnels between nodes that stay open whatever host endpoints' policies say: without them a
/// policy that forgets them cuts the pods of one node off from those of all others (S89).
public struct TunnelSettings: Hashable, Sendable {
    /// Whether nodes wrap packets in IPv4 packets (protocol 4).
    public var ipip: Bool
    /// The families of the nodes' addresses between which VXLAN runs.
    public var vxlan: Set<AddressFamily>
    /// The UDP port of VXLAN.
    public var vxlanPort: UInt16
    /// The UDP ports of WireGuard by the family of the nodes' addresses. Its peers are known by their
    /// keys, so that they may have any address.
    public var wireguard: [AddressFamily: UInt16]

    /// Tunnels of these kinds; by default none.
    public init(
        ipip: Bool = false, vxlan: Set<AddressFamily> = [], vxlanPort: UInt16 = 4789,
        wireguard: [AddressFamily: UInt16] = [:]
    ) {
        self.ipip = ipip
        self.vxlan = vxlan
        self.vxlanPort = vxlanPort
        self.wireguard = wireguard
    }

    /// Whether some tunnel is kept open to the nodes' addresses only.
    public var asksNodes: Bool { ipip || !vxlan.isEmpty }
}
