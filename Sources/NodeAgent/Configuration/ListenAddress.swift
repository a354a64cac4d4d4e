// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// An address and a TCP port to listen at.
public struct ListenAddress: Hashable, Sendable {
    /// The address; `0.0.0.0` and `::` are all of the host's.
    public var address: IPAddress
    /// The port; 0 lets the kernel choose one.
    public var port: UInt16

    /// `127.0.0.1:9095`.
    public static let standard = ListenAddress(address: .ipv4(0x7F00_0001), port: 9095)

    /// An address with a port.
    public init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Reads `127.0.0.1:9095` or `[::1]:9095`. The name `localhost` is 127.0.0.1; other names are
    /// not looked up.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = UInt16(digits)
        else { return nil }
        let host = text[..<colon]
        if host == "localhost" {
            self.init(address: Self.standard.address, port: port)
        } else if host.hasPrefix("["), host.hasSuffix("]") {
            guard let address = IPAddress(host.dropFirst().dropLast()), address.family == .ipv6
            else { return nil }
            self.init(address: address, port: port)
        } else {
            guard let address = IPAddress(host), address.family == .ipv4 else { return nil }
            self.init(address: address, port: port)
        }
    }
}

extension ListenAddress: CustomStringConvertible {
    /// As ``init(_:)`` reads it.
    public var description: String {
        address.family == .ipv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}
