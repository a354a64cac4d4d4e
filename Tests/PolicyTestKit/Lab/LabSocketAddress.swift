// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// An address and a port: where a datagram goes to or comes from.
struct LabSocketAddress: Hashable, Sendable {
    let address: LabAddress
    let port: UInt16

    init(_ address: LabAddress, port: UInt16 = 0) {
        self.address = address
        self.port = port
    }

    /// What the kernel wrote.
    init?(_ storage: sockaddr_storage) {
        let image = withUnsafeBytes(of: storage) { Array($0) }
        switch Int32(storage.ss_family) {
        case AF_INET: address = LabAddress(family: .v4, bytes: Array(image[4..<8]))
        case AF_INET6: address = LabAddress(family: .v6, bytes: Array(image[8..<24]))
        default: return nil
        }
        port = image.networkOrder(at: 2)
    }

    /// Hands the address to a system call.
    func withPointer<Value>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        var storage = sockaddr_storage()
        let length: Int
        withUnsafeMutableBytes(of: &storage) { image in
            image.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
        }
        switch address.family {
        case .v4:
            storage.ss_family = sa_family_t(AF_INET)
            length = MemoryLayout<sockaddr_in>.size
            withUnsafeMutableBytes(of: &storage) { $0[4..<8].copyBytes(from: address.bytes) }
        case .v6:
            storage.ss_family = sa_family_t(AF_INET6)
            length = MemoryLayout<sockaddr_in6>.size
            withUnsafeMutableBytes(of: &storage) { $0[8..<24].copyBytes(from: address.bytes) }
        }
        return withUnsafePointer(to: storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(length))
            }
        }
    }
}
