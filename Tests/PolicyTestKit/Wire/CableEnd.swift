// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// The far end of a cable to a node: puts packets in as they are, and sees all that come out.
final class CableEnd {
    private let socket: Socket
    private let header: [UInt8]

    /// `AF_PACKET` and `ETH_P_ALL` of the kernel's headers.
    private static let packetFamily: UInt16 = 17
    private static let everyProtocol: UInt16 = 3
    /// An ethernet type for experiments (IEEE 802), which no part of the kernel takes in.
    private static let fenceProtocol: UInt16 = 0x88b5

    private static let headerSize = 14
    private static let receiveBuffer: Int32 = 32 << 20

    /// The end in the calling thread's namespace.
    ///
    /// - Parameters:
    ///   - interface: the name of the cable's end.
    ///   - hardware: the address of the node's end.
    ///   - seesFencesOnly: whether to pass over all packets but fences.
    /// - Throws: `LabError` when the system refuses.
    init(
        _ interface: String, to hardware: [UInt8], seesFencesOnly: Bool = false
    ) throws(LabError) {
        let seen = seesFencesOnly ? Self.fenceProtocol : Self.everyProtocol
        header = hardware + [2, 0, 0, 0, 0, 1]
        let flags = SOCK_RAW.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        socket = Socket(
            owning: try systemCall("socket", on: "packets of \(interface)") {
                Glibc.socket(
                    Int32(Self.packetFamily), Int32(flags),
                    Int32(seen.bigEndian))
            })
        try socket.set(SOL_SOCKET, SO_RCVBUFFORCE, Self.receiveBuffer)
        // struct sockaddr_ll
        var place: [UInt8] = []
        place.append(hostOrder: Self.packetFamily)
        place.append(networkOrder: seen)
        place.append(hostOrder: UInt32(if_nametoindex(interface)))
        place += [UInt8](repeating: 0, count: 12)
        try systemCall("bind", on: interface) {
            place.withUnsafeBytes {
                Glibc.bind(
                    socket.descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                    socklen_t($0.count))
            }
        }
    }

    /// Puts a packet on the cable.
    ///
    /// - Throws: `LabError` when the system refuses.
    func send(_ packet: [UInt8]) throws(LabError) {
        try send(packet, of: packet[0] >> 4 == 4 ? 0x0800 : 0x86dd)
    }

    /// Puts something on the cable that nobody takes for a packet.
    ///
    /// - Throws: `LabError` when the system refuses.
    func sendFence() throws(LabError) {
        try send([UInt8](repeating: 0, count: 46), of: Self.fenceProtocol)
    }

    private func send(_ content: [UInt8], of type: UInt16) throws(LabError) {
        var frame = header
        frame.append(networkOrder: type)
        frame += content
        try systemCall("send", on: "a packet of \(content.count) bytes") {
            Int32(Glibc.send(socket.descriptor, frame, frame.count, 0))
        }
    }

    /// Takes every packet that has come out, with its internet header.
    func receiveAll(_ body: (ArraySlice<UInt8>) -> Void) {
        while case .datagram(let bytes, _) = socket.receive() {
            body(bytes.dropFirst(Self.headerSize))
        }
    }

    /// Waits until something has come out.
    ///
    /// - Returns: false if nothing has in time.
    func awaitPacket(within patience: Duration) -> Bool {
        var polled = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
        let milliseconds = (patience / .milliseconds(1)).rounded(.up)
        return poll(&polled, 1, Int32(milliseconds)) > 0
    }
}
