// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The name of a network interface as registers and sets hold it.
public struct InterfaceName: Hashable, Sendable, CustomStringConvertible {
    /// Bytes in a register (`IFNAMSIZ`).
    public static let length = 16
    /// The interface by which a node talks to itself.
    public static let loopback = InterfaceName("lo")

    /// The name, cut to what the kernel takes.
    public let description: String

    /// The name of an interface; of more than 15 bytes the first ones, which no interface has.
    public init(_ name: String) {
        description = String(decoding: name.utf8.prefix(Self.length - 1), as: UTF8.self)
    }

    /// Reads what a register holds; nil unless zeros follow the name and fill it.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length, let end = bytes.firstIndex(of: 0), end > 0,
            bytes[end...].allSatisfy({ $0 == 0 })
        else { return nil }
        let name = String(decoding: bytes[..<end], as: UTF8.self)
        // What is no plain name would be another one in nft's text.
        guard Array(name.utf8) == Array(bytes[..<end]), !name.contains("\"") else { return nil }
        description = name
    }

    /// The name with zeros behind it.
    public var bytes: [UInt8] {
        let name = Array(description.utf8)
        return name + [UInt8](repeating: 0, count: Self.length - name.count)
    }
}
