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

    /// Packets with a port of these at an end.
    init(_ transport: IPProtocol, _ ports: ClosedRange<UInt16>, at end: PacketEnd) {
        self.init(every: transport)
        switch end {
        case .source: first = ports
        case .destination: second = ports
        }
    }

    /// Packets with a port at an end.
    init(_ port: NamedPort, at end: PacketEnd) {
        self.init(port.transport, port.number...port.number, at: end)
    }

    /// Packets to a port of a Service's endpoints.
    init(_ port: ServicePort) {
        self.init(port.transport, port.number...port.number, at: .destination)
    }
}

extension PortMatch {
    /// The packets that match at an end, where it does not depend on who gives a name to what port.
    /// Protocols without ports have none that matches (S32).
    func condition(at end: PacketEnd) -> TransportAtoms.Condition? {
        switch self {
        case .every(let transport):
            return TransportAtoms.Condition(every: transport)
        case .numbers(let transport, let range) where transport.hasPorts:
            return TransportAtoms.Condition(transport, range, at: end)
        case .icmp(let transport, let type, let code):
            var condition = TransportAtoms.Condition(every: transport)
            condition.first =
                UInt16(type) << 8 | UInt16(code ?? 0)...UInt16(type) << 8 | UInt16(code ?? 0xff)
            return condition
        case .numbers, .named:
            return nil
        }
    }
}

extension IPProtocol {
    /// Whether its header begins with a source and a destination port: TCP, UDP, DCCP, SCTP and
    /// UDP-Lite (IANA).
    var hasPorts: Bool { [6, 17, 33, 132, 136].contains(rawValue) }
}
