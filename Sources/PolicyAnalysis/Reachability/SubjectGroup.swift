// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Endpoints that the policies do not tell apart.
struct SubjectGroup: Hashable, Sendable {
    /// The region of what they may send.
    let egress: Int
    /// The region of what they may receive.
    let ingress: Int
    /// The classes of the IPv4 addresses, ascending.
    private var classes4: [Int] = []
    /// The classes of the IPv6 addresses, ascending.
    private var classes6: [Int] = []

    init(egress: Int, ingress: Int) {
        self.egress = egress
        self.ingress = ingress
    }

    /// The classes of the addresses of a family, ascending.
    func classes(_ family: AddressFamily) -> [Int] { family == .ipv4 ? classes4 : classes6 }

    mutating func insert(_ number: Int, _ family: AddressFamily) {
        let classes = Set(classes(family)).union([number]).sorted()
        switch family {
        case .ipv4: classes4 = classes
        case .ipv6: classes6 = classes
        }
    }
}
