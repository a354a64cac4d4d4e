// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// The kernel's memory of connections, in the network namespace of the calling thread.
enum ConnectionTracking {
    /// `NETLINK_NETFILTER`, the family of netlink that netfilter speaks.
    private static let netfilter: Int32 = 12

    /// Delete, of the subsystem of connection tracking: without a filter, everything.
    private static let deleteConnections: UInt16 = 1 << 8 | 2

    /// A request that wants to be acknowledged: `NLM_F_REQUEST | NLM_F_ACK`.
    private static let acknowledgedRequest: UInt16 = 1 | 4

    private static let headerSize = 16

    /// Forgets all connections.
    ///
    /// - Throws: `LabError` when the kernel refuses or has no connection tracking.
    static func flush() throws(LabError) {
        let socket = Socket(
            owning: try systemCall("socket", on: "netfilter netlink") {
                Glibc.socket(
                    AF_NETLINK, Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue), netfilter)
            })
        let errorNumber = socket.send(request)
        guard errorNumber == 0 else { throw failure(errorNumber) }
        switch socket.receive() {
        case .datagram(let bytes, _) where bytes.count >= headerSize + 4:
            let result = bytes.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: headerSize, as: Int32.self)
            }
            guard result == 0 else { throw failure(-result) }
        case .datagram, .nothing: throw failure(EBADMSG)
        case .failure(let errorNumber): throw failure(errorNumber)
        }
    }

    private static var request: [UInt8] {
        let message: [UInt8] = [0, 0, 0, 0]  // any family, version 0, no resource
        var request: [UInt8] = []
        request.append(hostOrder: UInt32(headerSize + message.count))
        request.append(hostOrder: deleteConnections)
        request.append(hostOrder: acknowledgedRequest)
        request.append(hostOrder: UInt32(1))  // sequence number
        request.append(hostOrder: UInt32(0))  // to the kernel
        return request + message
    }

    private static func failure(_ errorNumber: Int32) -> LabError {
        LabError(operation: "flush", object: "connection tracking", errorNumber: errorNumber)
    }
}

extension NetworkNamespace {
    /// Makes the namespace forget every connection.
    ///
    /// - Throws: `LabError` when the kernel refuses or has no connection tracking.
    public func flushConnectionTracking() throws {
        try run { try ConnectionTracking.flush() }
    }
}
