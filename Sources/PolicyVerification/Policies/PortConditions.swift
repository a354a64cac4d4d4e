// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension TransportAtoms.Condition {
    /// The protocols that packets usually have.
    static let usual: [Self] = [.icmp, .tcp, .udp, .icmpv6, .sctp].map { Self(every: $0) }

    /// Neighbour discovery and listener discovery (S44).
    static let discovery: [Self] = ([130, 131, 132, 133, 134, 135, 136, 143] as [UInt16]).map {
        Self(protocols: 58...58, first: $0 << 8...($0 << 8 | 0xff))
    }

    /// Every packet of a protocol.
    init(every transport: IPProtocol) {
        self.init(protocols: transport.rawValue...transport.rawValue)
    }

    /// Packets to a port.
    init(_ port: NamedPort) {
        self.init(
            protocols: port.transport.rawValue...port.transport.rawValue,
            second: port.number...port.number)
    }
}

extension PortMatch {
    /// The packets that match, where it does not depend on who gives a name to what port. Protocols
    /// without ports have none that matches (S32).
    var condition: TransportAtoms.Condition? {
        switch self {
        case .every(let transport):
            TransportAtoms.Condition(every: transport)
        case .numbers(let transport, let range) where transport.hasPorts:
            TransportAtoms.Condition(
                protocols: transport.rawValue...transport.rawValue, second: range)
        case .icmp(let transport, let type, let code):
            TransportAtoms.Condition(
                protocols: transport.rawValue...transport.rawValue,
                first: UInt16(type) << 8 | UInt16(code ?? 0)...UInt16(type) << 8
                    | UInt16(code ?? 0xff))
        case .numbers, .named:
            nil
        }
    }
}

extension IPProtocol {
    /// Whether its header begins with a source and a destination port: TCP, UDP, DCCP, SCTP and
    /// UDP-Lite (IANA).
    var hasPorts: Bool { [6, 17, 33, 132, 136].contains(rawValue) }
}
