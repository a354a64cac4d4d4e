// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// A set of pairs of protocol and destination port.
public struct TransportSet: Hashable, Sendable {
    /// The TCP ports.
    public var tcp: IntervalSet<UInt16>
    /// The UDP ports.
    public var udp: IntervalSet<UInt16>
    /// The SCTP ports.
    public var sctp: IntervalSet<UInt16>
    /// The other protocols, by number; never those of TCP, UDP and SCTP.
    public var others: IntervalSet<UInt8>

    /// A set of these parts; of `others` those count that have no ports.
    public init(
        tcp: IntervalSet<UInt16> = .empty, udp: IntervalSet<UInt16> = .empty,
        sctp: IntervalSet<UInt16> = .empty, others: IntervalSet<UInt8> = .empty
    ) {
        self.tcp = tcp
        self.udp = udp
        self.sctp = sctp
        self.others = others.intersection(Self.everyOther)
    }

    /// Every protocol besides TCP, UDP and SCTP.
    private static let everyOther = IntervalSet<UInt8>(
        IPProtocol.withPorts.map { $0.rawValue...$0.rawValue }
    ).complement

    /// No packet.
    public static let none = TransportSet()
    /// Every packet.
    public static let all = TransportSet(tcp: .full, udp: .full, sctp: .full, others: .full)

    /// One port.
    public init(_ transport: IPProtocol, port: UInt16) {
        self.init(transport, ports: port...port)
    }

    /// Some ports of TCP, UDP or SCTP; of any other protocol none.
    public init(_ transport: IPProtocol, ports: ClosedRange<UInt16>) {
        self.init()
        switch transport {
        case .tcp: tcp = .init([ports])
        case .udp: udp = .init([ports])
        case .sctp: sctp = .init([ports])
        default: break
        }
    }

    /// No packet is a member.
    public var isEmpty: Bool { tcp.isEmpty && udp.isEmpty && sctp.isEmpty && others.isEmpty }
    /// Every packet is a member.
    public var isFull: Bool { self == .all }
    /// Every protocol besides TCP, UDP and SCTP is a member.
    public var hasEveryOther: Bool { others == Self.everyOther }

    /// Whether packets of the protocol, and to the port if it has ports, are members.
    public func contains(_ transport: IPProtocol, port: UInt16?) -> Bool {
        switch (transport, port) {
        case (.tcp, let port?): tcp.contains(port)
        case (.udp, let port?): udp.contains(port)
        case (.sctp, let port?): sctp.contains(port)
        case (.tcp, nil), (.udp, nil), (.sctp, nil): false
        default: others.contains(transport.rawValue)
        }
    }

    /// The members of either set.
    public func union(_ other: Self) -> Self {
        Self(
            tcp: tcp.union(other.tcp), udp: udp.union(other.udp), sctp: sctp.union(other.sctp),
            others: others.union(other.others))
    }

    /// The members of both sets.
    public func intersection(_ other: Self) -> Self {
        Self(
            tcp: tcp.intersection(other.tcp), udp: udp.intersection(other.udp),
            sctp: sctp.intersection(other.sctp), others: others.intersection(other.others))
    }

    /// The members that are not the other set's.
    public func subtracting(_ other: Self) -> Self {
        Self(
            tcp: tcp.subtracting(other.tcp), udp: udp.subtracting(other.udp),
            sctp: sctp.subtracting(other.sctp), others: others.subtracting(other.others))
    }

    /// The same without port 0, which no service can have: what an operator means by ports.
    public var withoutPortZero: Self {
        let ports = IntervalSet<UInt16>([1...UInt16.max])
        return Self(
            tcp: tcp.intersection(ports), udp: udp.intersection(ports),
            sctp: sctp.intersection(ports), others: others)
    }
}

extension IPProtocol {
    /// The protocols whose ports policies know.
    static let withPorts: [IPProtocol] = [.tcp, .udp, .sctp]
}

extension TransportSet: CustomStringConvertible {
    /// `everything`, `nothing`, or for example `80,443,8000-8010/tcp, every udp, other protocols`.
    public var description: String {
        if withoutPortZero == Self.all.withoutPortZero { return "everything" }
        var parts = [
            Self.text(tcp, "tcp"), Self.text(udp, "udp"), Self.text(sctp, "sctp"),
        ].compactMap(\.self)
        if hasEveryOther {
            parts.append("other protocols")
        } else if !others.isEmpty {
            let numbers = others.intervals.flatMap { Array($0) }
            parts.append(
                numbers.count > 8
                    ? "some other protocols"
                    : numbers.map { IPProtocol(rawValue: $0).description }.joined(separator: ", "))
        }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }

    private static func text(_ ports: IntervalSet<UInt16>, _ transport: String) -> String? {
        let ports = ports.intersection(IntervalSet([1...UInt16.max]))
        if ports.isEmpty { return nil }
        if ports.intervals == [1...UInt16.max] { return "every \(transport)" }
        let ranges = ports.intervals.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)"
        }
        return "\(ranges.joined(separator: ","))/\(transport)"
    }
}
