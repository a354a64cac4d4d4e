// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// INIT chunks from one address.
struct SctpFlight: ProbeFlight {
    /// A chunk that has not been answered.
    private struct Pending {
        let index: Int
        let destination: LabAddress
    }

    let socket: Socket
    let awaited = POLLIN
    private let source: LabAddress
    private var pending: [UInt32: Pending] = [:]

    /// Opens the socket, in the namespace of the calling thread.
    ///
    /// - Throws: `LabError` when there is no socket to be had for the source address.
    init(from source: LabAddress) throws(LabError) {
        self.source = source
        socket = try Socket(.sctp, source.family)
        try socket.bind(to: LabSocketAddress(source))
    }

    var isOpen: Bool { !pending.isEmpty }

    /// Sends one more chunk.
    mutating func send(_ order: ProbeOrder, ports: SourcePorts, ledger: inout ProbeLedger) {
        var tag = UInt32.random(in: 1 ... .max)
        while pending[tag] != nil {
            tag = UInt32.random(in: 1 ... .max)
        }
        let packet = SctpPacket(
            sourcePort: ports.next(for: source, .sctp), destinationPort: order.port,
            chunk: .start(tag: tag))
        let errorNumber = socket.send(packet.bytes, to: order.rawTarget)
        if errorNumber == 0 {
            pending[tag] = Pending(index: order.index, destination: order.destination)
        } else {
            ledger.settle(order.index, errorNumber: errorNumber)
        }
    }

    mutating func settle(in ledger: inout ProbeLedger) {
        socket.receiveAll { payload, sender in
            switch SctpPacket(payload)?.chunk {
            case .acknowledgement(let tag): note(.answered, tag, sender, in: &ledger)
            case .abort(let tag): note(.refused, tag, sender, in: &ledger)
            case .start, nil: return
            }
        }
    }

    private mutating func note(
        _ outcome: Outcome, _ tag: UInt32, _ sender: LabAddress, in ledger: inout ProbeLedger
    ) {
        guard let answered = pending[tag], answered.destination == sender else { return }
        pending[tag] = nil
        ledger.settle(answered.index, outcome)
    }
}
