// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The two Internet protocol families. A packet belongs to exactly one.
public enum AddressFamily: UInt8, Hashable, Sendable, CaseIterable, Comparable {
    /// IPv4, by its version number.
    case ipv4 = 4
    /// IPv6, by its version number.
    case ipv6 = 6

    /// IPv4 before IPv6.
    public static func < (left: AddressFamily, right: AddressFamily) -> Bool {
        left.rawValue < right.rawValue
    }
}
