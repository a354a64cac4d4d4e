// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// A connection that is being opened.
struct TcpFlight: ProbeFlight {
    let socket: Socket
    let awaited = POLLOUT
    private(set) var isOpen = true
    private let index: Int

    /// Starts to connect, from the namespace of the calling thread.
    ///
    /// - Throws: `LabError` when there is no socket to be had for the source address.
    init(
        _ order: ProbeOrder, ports: SourcePorts, ledger: inout ProbeLedger
    ) throws(LabError) {
        index = order.index
        socket = try Socket(.tcp, order.source.family)
        try socket.set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
        try ports.bind(socket, to: order.source, .tcp)
        let errorNumber = socket.connect(to: order.target)
        if errorNumber != 0 {
            isOpen = false
            ledger.settle(index, errorNumber: errorNumber)
        }
    }

    mutating func settle(in ledger: inout ProbeLedger) {
        isOpen = false
        switch socket.takeError() {
        case 0, ECONNRESET: ledger.settle(index, .answered)  // reset only after it was open
        case let errorNumber: ledger.settle(index, errorNumber: errorNumber)
        }
    }
}
