// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// A datagram that is awaited back.
struct UdpFlight: ProbeFlight {
    let socket: Socket
    let awaited = POLLIN
    private(set) var isOpen = true
    private let index: Int
    private let payload: [UInt8]

    /// Sends the datagram, from the namespace of the calling thread.
    ///
    /// - Throws: `LabError` when there is no socket to be had for the source address.
    init(
        _ order: ProbeOrder, ports: SourcePorts, ledger: inout ProbeLedger
    ) throws(LabError) {
        index = order.index
        var payload: [UInt8] = []
        payload.append(networkOrder: UInt64.random(in: 0 ... .max))
        self.payload = payload
        socket = try Socket(.udp, order.source.family)
        try ports.bind(socket, to: order.source, .udp)
        var errorNumber = socket.connect(to: order.target)
        if errorNumber == 0 {
            errorNumber = socket.send(payload)
        }
        if errorNumber != 0 {
            isOpen = false
            ledger.settle(index, errorNumber: errorNumber)
        }
    }

    mutating func settle(in ledger: inout ProbeLedger) {
        switch socket.receive() {
        case .datagram(payload, _):
            isOpen = false
            ledger.settle(index, .answered)
        case .failure(let errorNumber):
            isOpen = false
            ledger.settle(index, errorNumber: errorNumber)
        case .datagram, .nothing: return
        }
    }
}
