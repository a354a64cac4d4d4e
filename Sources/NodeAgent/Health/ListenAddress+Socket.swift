// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import FlyingSocks
import Foundation
import NetworkPrimitives

extension ListenAddress {
    /// The address as the system's calls take it.
    var socketAddress: any SocketAddress {
        switch address {
        case .ipv4(let bits):
            var address = sockaddr_in.inet(port: port)
            address.sin_addr = in_addr(s_addr: bits.bigEndian)
            return address
        case .ipv6(let bits):
            // inet_pton takes whatever RFC 5952 text gives, so that this never falls to `::`.
            let address = try? sockaddr_in6.inet6(ip6: "\(IPAddress.ipv6(bits))", port: port)
            return address ?? .inet6(port: port)
        }
    }
}
