// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// The two kinds of addresses.
enum SocketFamily: Hashable, Sendable {
    case v4
    case v6
}

/// An internet address in the form that sockets need.
struct LabAddress: Hashable, Sendable, CustomStringConvertible {
    let family: SocketFamily

    /// 4 or 16 bytes in network order.
    let bytes: [UInt8]

    /// Reads an address from text.
    ///
    /// - Throws: `LabError` when the text is neither an IPv4 nor an IPv6 address.
    init(_ text: String) throws(LabError) {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            self.init(family: .v4, bytes: Array(bytes[..<4]))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            self.init(family: .v6, bytes: bytes)
        } else {
            throw LabError(
                operation: "parse", object: "'\(text)'", reason: "neither IPv4 nor IPv6 address")
        }
    }

    /// An address from its bytes in network order.
    init(family: SocketFamily, bytes: [UInt8]) {
        self.family = family
        self.bytes = bytes
    }

    /// The address with the prefix length of a single host.
    var route: String { family == .v4 ? "\(self)/32" : "\(self)/128" }

    var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(family == .v4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
        return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}
