// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// A socket that never blocks, closed with the last reference to it.
///
/// It belongs for good to the network namespace of the thread that opened it.
final class Socket: Sendable {
    let descriptor: Int32

    /// What a socket had to give.
    enum Reception {
        case datagram([UInt8], from: LabSocketAddress?)
        case nothing
        case failure(Int32)
    }

    /// The largest datagram of a probe or an answer, in bytes, with room to spare.
    private static let datagramLimit = 65_536

    /// How much may wait on a socket that many probes share, in bytes.
    private static let sharedBufferSize: Int32 = 4 << 20

    /// Opens a socket for one of the protocols; those of ICMP and SCTP are raw.
    ///
    /// - Throws: `LabError` when the system refuses.
    init(_ protocol: ProbeProtocol, _ family: SocketFamily) throws(LabError) {
        let (kind, number): (__socket_type, Int) =
            switch (`protocol`, family) {
            case (.tcp, _): (SOCK_STREAM, IPPROTO_TCP)
            case (.udp, _): (SOCK_DGRAM, IPPROTO_UDP)
            case (.sctp, _): (SOCK_RAW, IPPROTO_SCTP)
            case (.icmp, .v4): (SOCK_RAW, IPPROTO_ICMP)
            case (.icmp, .v6): (SOCK_RAW, IPPROTO_ICMPV6)
            }
        let flags = SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        descriptor = try systemCall("socket", on: "\(`protocol`) \(family)") {
            socket(
                family == .v4 ? AF_INET : AF_INET6, Int32(kind.rawValue | flags), Int32(number))
        }
        if kind == SOCK_RAW {
            try enlargeReceiveBuffer()
        }
    }

    /// Takes over a descriptor that is open.
    init(owning descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Sets an option.
    ///
    /// - Throws: `LabError` when the system refuses.
    func set<Value: BitwiseCopyable>(
        _ level: Int32, _ option: Int32, _ value: Value
    ) throws(LabError) {
        try systemCall("setsockopt", on: "option \(option)") {
            withUnsafeBytes(of: value) {
                setsockopt(descriptor, level, option, $0.baseAddress, socklen_t($0.count))
            }
        }
    }

    /// Makes room for the packets of many probes.
    ///
    /// - Throws: `LabError` when the system refuses.
    func enlargeReceiveBuffer() throws(LabError) {
        try set(SOL_SOCKET, SO_RCVBUFFORCE, Self.sharedBufferSize)
    }

    /// The error that waits on the socket, 0 when there is none; asking takes it away.
    func takeError() -> Int32 {
        var errorNumber: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &errorNumber, &length)
        return errorNumber
    }

    /// Binds the socket.
    ///
    /// - Throws: `LabError` when the system refuses.
    func bind(to place: LabSocketAddress) throws(LabError) {
        try systemCall("bind", on: "\(place.address) port \(place.port)") { tryBind(to: place) }
    }

    /// Binds the socket; like the system call, leaves the error in `errno`.
    func tryBind(to place: LabSocketAddress) -> Int32 {
        place.withPointer { Glibc.bind(descriptor, $0, $1) }
    }

    /// Starts to connect.
    ///
    /// - Returns: 0 when connected or on the way, else an error number.
    func connect(to place: LabSocketAddress) -> Int32 {
        let result = place.withPointer { Glibc.connect(descriptor, $0, $1) }
        return result == 0 || errno == EINPROGRESS ? 0 : errno
    }

    /// Sends a datagram, to the connected place when none is given.
    ///
    /// - Returns: 0 when sent, else an error number.
    func send(_ bytes: [UInt8], to place: LabSocketAddress? = nil) -> Int32 {
        let flags = Int32(MSG_NOSIGNAL)
        let sent =
            if let place {
                place.withPointer { sendto(descriptor, bytes, bytes.count, flags, $0, $1) }
            } else {
                Glibc.send(descriptor, bytes, bytes.count, flags)
            }
        return sent == bytes.count ? 0 : errno
    }

    /// Takes the next datagram.
    func receive() -> Reception {
        withUnsafeTemporaryAllocation(byteCount: Self.datagramLimit, alignment: 8) { buffer in
            var sender = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let count = withUnsafeMutablePointer(to: &sender) { sender in
                sender.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(descriptor, buffer.baseAddress, buffer.count, 0, $0, &length)
                }
            }
            guard count >= 0 else {
                return errno == EAGAIN || errno == EINTR ? .nothing : .failure(errno)
            }
            return .datagram(Array(buffer[..<count]), from: LabSocketAddress(sender))
        }
    }

    /// Takes every datagram that waits on a raw socket, without the header of its IP packet.
    func receiveAll(_ body: (_ payload: [UInt8], _ sender: LabAddress) -> Void) {
        while case .datagram(let bytes, let sender?) = receive() {
            switch sender.address.family {
            case .v6: body(bytes, sender.address)
            case .v4:
                guard let first = bytes.first else { continue }
                body(Array(bytes.dropFirst(Int(first & 0x0f) * 4)), sender.address)
            }
        }
    }
}
