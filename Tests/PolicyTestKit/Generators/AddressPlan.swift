// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Which addresses a generated world's nodes, pods and outsiders have.
enum AddressPlan {
    /// A node's addresses: one of each family.
    static func node(_ index: Int) -> [IPAddress] {
        [
            .ipv4(0xc0a8_000a + UInt32(index)),  // 192.168.0.10 …
            .ipv6(0xfd00_00c0_00a8 << 80 | UInt128(10 + index)),  // fd00:c0:a8::a …
        ]
    }

    /// The address of a pod in its node's block: `10.244.node.0/24` or `fd00:10:244:node::/64`.
    static func pod(_ family: AddressFamily, node: Int, host: Int) -> IPAddress {
        switch family {
        case .ipv4: .ipv4(0x0af4_0000 | UInt32(node) << 8 | UInt32(host))
        case .ipv6: .ipv6((0xfd00_0010_0244 << 16 | UInt128(node)) << 64 | UInt128(host))
        }
    }

    /// Addresses outside the cluster, a Service's, and the metadata service's (S46).
    static let outside: [IPAddress] = [
        .ipv4(0xcb00_7107),  // 203.0.113.7
        .ipv4(0xcb00_7180),  // 203.0.113.128
        .ipv4(0x0808_0808),  // 8.8.8.8
        .ipv4(0x0a60_000a),  // 10.96.0.10
        .ipv4(0xa9fe_a9fe),  // 169.254.169.254
        .ipv6(0x2001_0db8 << 96 | 7),  // 2001:db8::7
        .ipv6(0x2001_0db8_ffff << 80 | 7),  // 2001:db8:ffff::7
        .ipv6(0x2606_4700 << 96 | 0x1111),  // 2606:4700::1111
    ]
}
