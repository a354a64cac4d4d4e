// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import Glibc

/// A program that the kernel runs on each notification before it takes room in a socket's buffer:
/// it lets all pass but what some sockets did themselves, of which only the ends of transactions
/// pass. Otherwise a table's own first load could overflow the buffer.
///
/// One datagram holds messages of one transaction; the end (`NFT_MSG_NEWGEN`) has its own.
struct NotificationFilter {
    /// The jumps' length is a byte.
    private static let portLimit = 200
    /// `BPF_LD | BPF_ABS` with `BPF_H` and `BPF_W`: numbers in network byte order.
    private static let loadHalf: UInt16 = 0x28
    private static let loadWord: UInt16 = 0x20
    /// `BPF_JMP | BPF_JEQ | BPF_K`.
    private static let jumpIfEqual: UInt16 = 0x15
    /// `BPF_RET | BPF_K`: so many bytes pass.
    private static let pass: UInt16 = 0x06

    private var program: [sock_filter] = []

    /// - Parameter ports: of the sockets whose notifications are not let through.
    init(withholding ports: Set<UInt32>) {
        let ports = ports.sorted().prefix(Self.portLimit)
        let typeOffset = UInt32(MemoryLayout<nlmsghdr>.offset(of: \.nlmsg_type)!)
        let portOffset = UInt32(MemoryLayout<nlmsghdr>.offset(of: \.nlmsg_pid)!)
        add(Self.loadHalf, typeOffset)
        // The fields are in the host's byte order.
        add(
            Self.jumpIfEqual, UInt32(MessageType.newGeneration.bigEndian), ifEqual: ports.count + 1)
        add(Self.loadWord, portOffset)
        for (index, port) in ports.enumerated() {
            add(Self.jumpIfEqual, port.bigEndian, ifEqual: ports.count - index)
        }
        add(Self.pass, .max)
        add(Self.pass, 0)
    }

    private mutating func add(_ code: UInt16, _ operand: UInt32, ifEqual skipped: Int = 0) {
        program.append(sock_filter(code: code, jt: UInt8(skipped), jf: 0, k: operand))
    }

    /// Attaches the program to a socket; does nothing where the kernel refuses it, since it only
    /// saves room.
    func attach(to descriptor: Int32) {
        var program = program
        program.withUnsafeMutableBufferPointer { instructions in
            var description = sock_fprog(
                len: UInt16(instructions.count), filter: instructions.baseAddress)
            let length = socklen_t(MemoryLayout<sock_fprog>.size)
            setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &description, length)
        }
    }
}
