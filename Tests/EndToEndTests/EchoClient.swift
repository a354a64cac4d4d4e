// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import PolicyTestKit

/// A UDP socket in a host's namespace that keeps its port, so that what it sends stays one flow.
final class EchoClient {
    private let descriptor: Int32

    /// - Parameters:
    ///   - host: the sender.
    ///   - address: the IPv4 address of a lab host, which echoes on its served ports.
    init(in host: PolicyTestKit.NetworkNamespace, to address: String, port: UInt16) throws {
        descriptor = try host.run {
            let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
            var timeout = timeval(tv_sec: 0, tv_usec: 300_000)
            setsockopt(
                descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout,
                socklen_t(MemoryLayout<timeval>.size))
            var name = sockaddr_in()
            name.sin_family = sa_family_t(AF_INET)
            name.sin_port = port.bigEndian
            inet_pton(AF_INET, address, &name.sin_addr)
            let result = withUnsafePointer(to: &name) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard result == 0 else {
                throw LabError(operation: "connect", object: address, errorNumber: errno)
            }
            return descriptor
        }
    }

    deinit { close(descriptor) }

    /// Whether a datagram of so many bytes comes back; asked up to three times.
    func isEchoed(bytes count: Int = 8) -> Bool {
        let message = [UInt8](repeating: 7, count: count)
        var answer = [UInt8](repeating: 0, count: 65_536)
        for _ in 0..<3 {
            guard send(descriptor, message, count, 0) == count else { continue }
            if recv(descriptor, &answer, answer.count, 0) == count { return true }
        }
        return false
    }
}
