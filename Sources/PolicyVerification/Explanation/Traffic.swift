// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What a connection's first packet carries, whoever sends it.
public struct Traffic: Hashable, Sendable {
    /// Its protocol.
    public var transport: IPProtocol
    /// Nil for protocols without ports.
    public var port: UInt16?
    /// The sender's port; nil for protocols without ports.
    public var sourcePort: UInt16?
    /// For ICMP and ICMPv6.
    public var icmpType: UInt8?
    /// For ICMP and ICMPv6.
    public var icmpCode: UInt8?
    /// The name by which the port was asked for.
    public var name: String?

    /// The sender's port where nobody says which: one of those that systems choose for clients.
    public static let someSourcePort: UInt16 = 40_000

    /// Whether packets of the family can carry it.
    public func exists(in family: AddressFamily) -> Bool {
        switch transport {
        case .icmp: family == .ipv4
        case .icmpv6: family == .ipv6
        default: true
        }
    }

    /// The first packet of a connection between two addresses of a family.
    public func packet(from source: IPAddress, to destination: IPAddress) -> PacketDescription {
        PacketDescription(
            source: source, destination: destination, transport: transport, destinationPort: port,
            sourcePort: port == nil ? nil : sourcePort ?? Self.someSourcePort, icmpType: icmpType,
            icmpCode: icmpCode)
    }
}

extension Traffic: CustomStringConvertible {
    /// `8080/tcp (http)`, `icmp type 8`, `protocol 50`.
    public var description: String {
        if let port {
            return "\(port)/\(transport)" + (name.map { " (\($0))" } ?? "")
                + (sourcePort.map { " from port \($0)" } ?? "")
        }
        if let icmpType {
            let code = icmpCode.map { $0 == 0 ? "" : " code \($0)" } ?? ""
            return "\(transport.wording) type \(icmpType)\(code)"
        }
        return transport.wording
    }
}

extension TrafficPort {
    /// What a packet to the destination carries: names are looked up there.
    ///
    /// - Throws: ``TrafficError`` if the destination does not define the name, or not clearly.
    public func resolve(at destination: ResolvedParty) throws(TrafficError) -> Traffic {
        switch self {
        case .number(let transport, let number): return Traffic(transport: transport, port: number)
        case .message(let transport, let type, let code):
            return Traffic(transport: transport, icmpType: type, icmpCode: code)
        case .portless(let transport): return Traffic(transport: transport)
        case .name(let name, let transport):
            return try resolve(name, transport, at: destination)
        }
    }

    private func resolve(
        _ name: String, _ transport: IPProtocol?, at destination: ResolvedParty
    ) throws(TrafficError) -> Traffic {
        guard let endpoint = destination.endpoint else {
            throw TrafficError(
                "\(destination.name) is no pod's address and gives no names to ports; "
                    + "give a number")
        }
        let ports = endpoint.namedPorts.filter {
            $0.name == name && (transport == nil || $0.transport == transport)
        }
        if ports.count == 1 {
            return Traffic(transport: ports[0].transport, port: ports[0].number, name: name)
        }
        let all = (ports.isEmpty ? endpoint.namedPorts : ports).sorted()
            .map { "\($0.name)=\($0.number)/\($0.transport)" }.joined(separator: ", ")
        if ports.isEmpty {
            let known = all.isEmpty ? "it names no ports" : "it defines \(all)"
            throw TrafficError("\(endpoint.id) defines no port \(name); \(known)")
        }
        throw TrafficError("\(endpoint.id) defines \(name) as \(all); say which number")
    }
}
