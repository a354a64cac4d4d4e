// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// What one object says of the tunnels between nodes: a FelixConfiguration, or an IPPool, whose
/// packets they carry. Nil where it does not say.
public struct TunnelConfiguration: Hashable, Sendable {
    /// `ipipEnabled`, or a pool's `ipipMode` other than `Never`.
    public var ipip: Bool?
    /// `vxlanEnabled`, or the `vxlanMode` of a pool of IPv4.
    public var vxlan: Bool?
    /// The `vxlanMode` of a pool of IPv6.
    public var vxlanV6: Bool?
    /// `vxlanPort`.
    public var vxlanPort: UInt16?
    /// `wireguardEnabled`.
    public var wireguard: Bool?
    /// `wireguardEnabledV6`.
    public var wireguardV6: Bool?
    /// `wireguardListeningPort`.
    public var wireguardPort: UInt16?
    /// `wireguardListeningPortV6`.
    public var wireguardPortV6: UInt16?

    /// An object that says nothing.
    public init() {}

    /// What another object says as well: its words count where it has any.
    func overridden(by other: Self) -> Self {
        var result = self
        result.ipip = other.ipip ?? ipip
        result.vxlan = other.vxlan ?? vxlan
        result.vxlanV6 = other.vxlanV6 ?? vxlanV6
        result.vxlanPort = other.vxlanPort ?? vxlanPort
        result.wireguard = other.wireguard ?? wireguard
        result.wireguardV6 = other.wireguardV6 ?? wireguardV6
        result.wireguardPort = other.wireguardPort ?? wireguardPort
        result.wireguardPortV6 = other.wireguardPortV6 ?? wireguardPortV6
        return result
    }

    /// What two pools need together.
    func joined(with other: Self) -> Self {
        var result = self
        if other.ipip == true { result.ipip = true }
        if other.vxlan == true { result.vxlan = true }
        if other.vxlanV6 == true { result.vxlanV6 = true }
        return result
    }
}

extension TunnelSettings {
    /// What follows from all objects together. The ports are those of Calico where none says another.
    init(_ configuration: TunnelConfiguration) {
        self.init(
            ipip: configuration.ipip ?? false, vxlanPort: configuration.vxlanPort ?? 4789)
        if configuration.vxlan ?? false { vxlan.insert(.ipv4) }
        if configuration.vxlanV6 ?? false { vxlan.insert(.ipv6) }
        if configuration.wireguard ?? false {
            wireguard[.ipv4] = configuration.wireguardPort ?? 51820
        }
        if configuration.wireguardV6 ?? false {
            wireguard[.ipv6] = configuration.wireguardPortV6 ?? 51821
        }
    }
}
