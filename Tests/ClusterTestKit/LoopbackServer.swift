// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import PolicyTestKit

/// A server of the tests, on loopback alone.
public enum LoopbackServer {
    /// The only address on which servers of the tests listen.
    public static let address = "127.0.0.1"

    /// A socket that listens.
    ///
    /// - Parameters:
    ///   - port: 0 for any.
    ///   - namespace: where it listens; nil for that of the process. What is connected to it stays there,
    ///     whichever thread serves it.
    static func listen(
        port: Int, in namespace: NetworkNamespace? = nil
    ) throws -> (descriptor: CInt, port: Int) {
        if let namespace { return try namespace.run { try listen(port: port) } }
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var isOn: CInt = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<CInt>.size))
        var own = sockaddr_in()
        own.sin_family = sa_family_t(AF_INET)
        own.sin_port = in_port_t(port).bigEndian
        own.sin_addr.s_addr = inet_addr(address)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { own in
                bind(descriptor, own, length) == 0 && Glibc.listen(descriptor, 256) == 0
                    && getsockname(descriptor, own, &length) == 0
            }
        }
        guard result else {
            let number = errno
            close(descriptor)
            throw LabError(operation: "listen", object: "\(address):\(port)", errorNumber: number)
        }
        return (descriptor, Int(in_port_t(bigEndian: own.sin_port)))
    }

    /// A connection to a server.
    static func connect(port: Int) throws -> CInt {
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var peer = sockaddr_in()
        peer.sin_family = sa_family_t(AF_INET)
        peer.sin_port = in_port_t(port).bigEndian
        peer.sin_addr.s_addr = inet_addr(address)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
                Glibc.connect(descriptor, peer, length)
            }
        }
        guard result == 0 else {
            let number = errno
            close(descriptor)
            throw LabError(operation: "connect", object: "\(address):\(port)", errorNumber: number)
        }
        return descriptor
    }
}
