// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Gives endpoints without addresses one of each family that the cluster uses.
struct AddressProvision {
    private var ipv4: SpareAddresses<UInt32>?
    private var ipv6: SpareAddresses<UInt128>?

    /// - Parameters:
    ///   - state: The families are those of its pods; without any pod's address both.
    ///   - policies: The policies whose blocks are to be avoided.
    init(for state: ClusterState, avoiding policies: [Policy]) {
        let pods = state.endpoints.filter(\.isPoliced).flatMap(\.addresses)
        let used = Set(pods.map(\.family))
        let taken = Set(
            state.endpoints.flatMap(\.addresses) + state.nodes.flatMap(\.addresses)
                + state.serviceSlices.flatMap(\.addresses))
        let networks = policies.flatMap(\.allRules).flatMap(\.blocks) + state.namedBlocks
        if used.isEmpty || used.contains(.ipv4) {
            ipv4 = SpareAddresses(
                in: Self.pools4, avoiding: Set(networks.map(\.ipv4)),
                taken: Set(taken.compactMap { if case .ipv4(let bits) = $0 { bits } else { nil } }))
        }
        if used.isEmpty || used.contains(.ipv6) {
            ipv6 = SpareAddresses(
                in: Self.pools6, avoiding: Set(networks.map(\.ipv6)),
                taken: Set(taken.compactMap { if case .ipv6(let bits) = $0 { bits } else { nil } }))
        }
    }

    /// Addresses that nobody else has, one of each family.
    mutating func next() -> [IPAddress] {
        [ipv4?.next().map(IPAddress.ipv4), ipv6?.next().map(IPAddress.ipv6)].compactMap(\.self)
    }

    /// Benchmarks (RFC 2544), carriers (RFC 6598), private networks (RFC 1918), reserved (RFC 1112).
    private static let pools4 = [
        "198.18.0.0/15", "100.64.0.0/10", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
        "240.0.0.0/4",
    ].compactMap { CIDR($0) }

    /// A prefix of our own among the unique local addresses, then all of these (RFC 4193), then
    /// documentation (RFC 3849).
    private static let pools6 = [
        "fd73:6c75:6963:6500::/64", "fc00::/7", "2001:db8::/32",
    ].compactMap { CIDR($0) }
}
