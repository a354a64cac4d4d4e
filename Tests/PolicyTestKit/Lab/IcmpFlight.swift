// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// Echo requests from one address.
struct IcmpFlight: ProbeFlight {
    /// A request that has not been answered.
    private struct Pending {
        let index: Int
        let destination: LabAddress
    }

    let socket: Socket
    let awaited = POLLIN
    private let source: LabAddress
    private var pending: [UInt16: Pending] = [:]

    /// Opens the socket, in the namespace of the calling thread.
    ///
    /// - Throws: `LabError` when there is no socket to be had for the source address.
    init(from source: LabAddress) throws(LabError) {
        self.source = source
        socket = try Socket(.icmp, source.family)
        try IcmpEcho.receiveOnlyReplies(on: socket, source.family)
        try socket.bind(to: LabSocketAddress(source))
    }

    var isOpen: Bool { !pending.isEmpty }

    /// Sends one more request.
    mutating func send(_ order: ProbeOrder, ports: SourcePorts, ledger: inout ProbeLedger) {
        let identifier = ports.next(for: source, .icmp)
        let request = IcmpEcho.request(identifier: identifier, source.family)
        let errorNumber = socket.send(request, to: order.rawTarget)
        if errorNumber == 0 {
            pending[identifier] = Pending(index: order.index, destination: order.destination)
        } else {
            ledger.settle(order.index, errorNumber: errorNumber)
        }
    }

    mutating func settle(in ledger: inout ProbeLedger) {
        socket.receiveAll { payload, sender in
            guard let identifier = IcmpEcho.replyIdentifier(payload, source.family),
                let answered = pending[identifier], answered.destination == sender
            else { return }
            pending[identifier] = nil
            ledger.settle(answered.index, .answered)
        }
    }
}
