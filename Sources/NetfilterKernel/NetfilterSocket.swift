// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import Glibc

/// A netlink socket to the netfilter subsystems, or to those of routing, of one network namespace:
/// of the thread that opened it, wherever it is used later.
///
/// Not for use from several threads at once. Keep one for long: to close a socket after a deletion
/// waits for a grace period of the kernel (4 to 11 ms).
final class NetfilterSocket {
    /// The kernel's parts of a dump have 32 KiB at most (`netlink_recvmsg`).
    private static let receiveCapacity = 1 << 16
    /// Acknowledgements of a refused batch wait here until they are received.
    private static let usualReceiveBuffer = 4 << 20

    private let socket: OpaquePointer
    /// The file descriptor, which stays the socket's.
    let descriptor: Int32
    private let datagram: UnsafeMutableRawBufferPointer
    private var sendBuffer = 0
    private var receiveBuffer = 0
    /// Whether the kernel has answered a batch with the new generation, and so will again.
    var tellsGeneration = false
    /// Whether answers may be there that nobody has received.
    var mayHoldLeftovers = false
    /// How many messages have answered requests.
    var messagesRead = 0
    /// The next message's sequence number.
    private var sequence: UInt32 = 1

    /// The number by which the kernel's notifications name this socket.
    var port: UInt32 { mnl_socket_get_portid(socket) }

    /// Opens a socket in the calling thread's network namespace.
    ///
    /// - Parameters:
    ///   - bus: `NETLINK_NETFILTER` or `NETLINK_ROUTE`.
    ///   - groups: the groups of notifications that it receives.
    init(bus: Int32 = NETLINK_NETFILTER, groups: [Int32] = []) throws(NetlinkError) {
        guard let socket = mnl_socket_open2(bus, Int32(SOCK_CLOEXEC.rawValue)) else {
            throw .system(attempt: "open a netlink socket", .current)
        }
        guard mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 else {
            let failure = NetlinkError.system(attempt: "bind a netlink socket", .current)
            mnl_socket_close(socket)
            throw failure
        }
        self.socket = socket
        descriptor = mnl_socket_get_fd(socket)
        datagram = .allocate(byteCount: Self.receiveCapacity, alignment: 16)
        // Short acknowledgements with words; both are refinements that old kernels may refuse.
        set(NETLINK_CAP_ACK, 1)
        set(NETLINK_EXT_ACK, 1)
        growReceiveBuffer(to: Self.usualReceiveBuffer)
        for group in groups { try join(group) }
    }

    private func join(_ group: Int32) throws(NetlinkError) {
        var group = group
        let length = socklen_t(MemoryLayout<Int32>.size)
        guard setsockopt(descriptor, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, length) == 0
        else {
            throw .system(attempt: "subscribe to notifications", .current)
        }
    }

    /// Makes room for so many bytes of answers, if there is less.
    func growReceiveBuffer(to size: Int) {
        guard size > receiveBuffer else { return }
        receiveBuffer = size
        setSize(SO_RCVBUFFORCE, SO_RCVBUF, size)
    }

    /// Makes the room for answers so many bytes, for good.
    func fixReceiveBuffer(_ size: Int) {
        receiveBuffer = .max
        setSize(SO_RCVBUFFORCE, SO_RCVBUF, size)
    }

    deinit {
        mnl_socket_close(socket)
        datagram.deallocate()
    }

    /// Sequence numbers for so many messages: the first of them.
    func takeSequence(_ count: Int = 1) -> UInt32 {
        defer { sequence &+= UInt32(truncatingIfNeeded: count) }
        return sequence
    }

    /// Sends the messages as one datagram.
    func send(_ messages: MessageBuffer, for attempt: @autoclosure () -> String)
        throws(NetlinkError)
    {
        try messages.withBytes { bytes throws(NetlinkError) in
            if bytes.count > sendBuffer {
                // The kernel doubles the number and keeps a little for itself.
                sendBuffer = bytes.count + 4096
                setSize(SO_SNDBUFFORCE, SO_SNDBUF, sendBuffer)
            }
            while mnl_socket_sendto(socket, bytes.baseAddress, bytes.count) < 0 {
                let error = ErrorNumber.current
                guard error == .interrupted else { throw .system(attempt: attempt(), error) }
            }
        }
    }

    /// Receives one datagram and passes it to `body`, which must not keep it.
    ///
    /// - Parameter waits: whether to wait for one; the answers to what was sent are there when
    ///   sending returns.
    /// - Returns: nil if none is there.
    func receive<Value>(
        waits: Bool, for attempt: @autoclosure () -> String,
        _ body: (ByteView) throws(NetlinkError) -> Value
    ) throws(NetlinkError) -> Value? {
        let flags = Int32(MSG_TRUNC) | (waits ? 0 : Int32(MSG_DONTWAIT))
        while true {
            let length = recv(descriptor, datagram.baseAddress, datagram.count, flags)
            guard length >= 0 else {
                switch ErrorNumber.current {
                case .interrupted: continue
                case .again: return nil
                case let error: throw .system(attempt: attempt(), error)
                }
            }
            guard length <= datagram.count else {
                throw .malformed("a message of \(length) bytes")
            }
            return try body(ByteView(UnsafeRawBufferPointer(rebasing: datagram[..<length])))
        }
    }

    private func set(_ option: Int32, _ value: Int32) {
        var value = value
        mnl_socket_setsockopt(socket, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Sets a buffer's size, beyond the system's maximum where that is allowed (CAP_NET_ADMIN in
    /// the initial user namespace), else up to it. What does not fit is refused later, with a
    /// reason.
    private func setSize(_ forced: Int32, _ plain: Int32, _ size: Int) {
        var value = Int32(clamping: size)
        let length = socklen_t(MemoryLayout<Int32>.size)
        if setsockopt(descriptor, SOL_SOCKET, forced, &value, length) != 0 {
            setsockopt(descriptor, SOL_SOCKET, plain, &value, length)
        }
    }
}
