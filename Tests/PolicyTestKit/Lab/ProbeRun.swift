// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// Many probes under way at once.
struct ProbeRun {
    private var ledger: ProbeLedger
    private var flights: [any ProbeFlight] = []
    private let ports: SourcePorts

    /// A run of so many probes, none of them sent.
    init(count: Int, ports: SourcePorts) {
        ledger = ProbeLedger(count: count)
        self.ports = ports
    }

    /// The outcomes so far; what is open counts as silent.
    var outcomes: [Outcome] { ledger.outcomes }

    /// Sends probes from the namespace of the calling thread.
    ///
    /// - Throws: `LabError` when there is no socket to be had for a source address.
    mutating func launch(_ orders: [ProbeOrder]) throws(LabError) {
        var pings: [LabAddress: IcmpFlight] = [:]
        var associations: [LabAddress: SctpFlight] = [:]
        for order in orders {
            switch order.protocol {
            case .tcp: flights.append(try TcpFlight(order, ports: ports, ledger: &ledger))
            case .udp: flights.append(try UdpFlight(order, ports: ports, ledger: &ledger))
            case .icmp:
                if pings[order.source] == nil {
                    pings[order.source] = try IcmpFlight(from: order.source)
                }
                pings[order.source]?.send(order, ports: ports, ledger: &ledger)
            case .sctp:
                if associations[order.source] == nil {
                    associations[order.source] = try SctpFlight(from: order.source)
                }
                associations[order.source]?.send(order, ports: ports, ledger: &ledger)
            }
        }
        flights += Array(pings.values)
        flights += Array(associations.values)
    }

    /// Takes in answers until there is none left to wait for, or the time is over.
    mutating func collect(for timeout: Duration) {
        let deadline = ContinuousClock.now + timeout
        repeat {
            flights.removeAll { !$0.isOpen }
            guard !flights.isEmpty else { return }
            settle(within: max(.zero, deadline - .now))
        } while ContinuousClock.now < deadline
    }

    /// Waits for the next answers and takes them in.
    private mutating func settle(within patience: Duration) {
        var polled = flights.map {
            pollfd(fd: $0.socket.descriptor, events: Int16($0.awaited), revents: 0)
        }
        let milliseconds = (patience / .milliseconds(1)).rounded(.up)
        guard poll(&polled, nfds_t(polled.count), Int32(milliseconds)) > 0 else { return }
        for (position, state) in polled.enumerated() where state.revents != 0 {
            flights[position].settle(in: &ledger)
        }
    }
}
