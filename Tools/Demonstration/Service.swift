// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit

/// What is asked of somebody: a column of the tables.
struct Service: Hashable {
    let party: Party
    let `protocol`: ProbeProtocol
    let port: UInt16

    static func tcp(_ port: UInt16, of party: Party) -> Service {
        Service(party: party, protocol: .tcp, port: port)
    }

    static func udp(_ port: UInt16, of party: Party) -> Service {
        Service(party: party, protocol: .udp, port: port)
    }

    static func ping(_ party: Party) -> Service {
        Service(party: party, protocol: .icmp, port: 0)
    }

    /// `80` for a port of TCP, `80/udp`, or `ping`.
    var name: String {
        switch `protocol` {
        case .tcp: "\(port)"
        case .icmp: "ping"
        case .udp, .sctp: "\(port)/\(`protocol`)"
        }
    }

    /// One probe for each family of addresses that both have.
    func probes(from caller: Party) -> [Probe] {
        caller.addresses.flatMap { source in
            party.addresses.compactMap { destination in
                guard source.contains(":") == destination.contains(":") else { return nil }
                return Probe(
                    from: caller.endpoint, source: source, to: party.endpoint,
                    destination: destination, protocol: `protocol`, port: port)
            }
        }
    }
}
