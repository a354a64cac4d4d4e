// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A protocol and port as a person names them.
///
/// ```
/// 8080/tcp, 8080       a port, of TCP unless stated
/// 53/udp, 3868/sctp
/// http, http/udp       a port name that the destination defines
/// icmp, icmp/8         an ICMP message, an echo request unless stated
/// icmpv6, icmpv6/128
/// icmp/3/1             with a code, which is 0 unless stated
/// esp, protocol/50     a protocol without ports
/// ```
public enum TrafficPort: Hashable, Sendable {
    /// A port by its number.
    case number(IPProtocol, UInt16)
    /// A port by the name that the destination gives it; nil where the name should tell the
    /// protocol.
    case name(String, IPProtocol?)
    /// ICMP or ICMPv6 with a type and a code.
    case message(IPProtocol, type: UInt8, code: UInt8 = 0)
    /// A protocol that has no ports.
    case portless(IPProtocol)

    /// Reads what a person wrote.
    ///
    /// - Throws: ``TrafficError`` if it is no port, or a protocol whose port is missing.
    public init(_ text: String) throws(TrafficError) {
        let parts = text.lowercased().split(separator: "/", omittingEmptySubsequences: false)
            .map(String.init)
        switch parts.count {
        case 1: self = try Self.single(parts[0], text)
        case 2: self = try Self.pair(parts[0], parts[1], text)
        case 3: self = try Self.message(parts, text)
        default: throw .noPort(text)
        }
    }

    private static let withPorts: [String: IPProtocol] = ["tcp": .tcp, "udp": .udp, "sctp": .sctp]

    private static let messages: [String: IPProtocol] = [
        "icmp": .icmp, "icmpv4": .icmp, "icmpv6": .icmpv6, "ipv6-icmp": .icmpv6, "icmp6": .icmpv6,
    ]

    /// Protocols that are often spoken of by name (IANA "Assigned Internet Protocol Numbers").
    private static let others: [String: UInt8] = [
        "igmp": 2, "ipip": 4, "ipv6": 41, "gre": 47, "esp": 50, "ah": 51, "ospf": 89, "vrrp": 112,
        "udplite": 136,
    ]

    private static func single(
        _ word: String, _ text: String
    ) throws(TrafficError) -> TrafficPort {
        if word.first?.isNumber == true { return .number(.tcp, try number(word, text)) }
        if let transport = withPorts[word] { throw .portMissing(transport) }
        if let transport = messages[word] { return .message(transport, type: echo(transport)) }
        if let number = others[word] { return .portless(IPProtocol(rawValue: number)) }
        guard isPortName(word) else { throw .noPort(text) }
        return .name(word, nil)
    }

    private static func pair(
        _ first: String, _ second: String, _ text: String
    ) throws(TrafficError) -> TrafficPort {
        if first == "protocol" { return try bare(second, text) }
        if let transport = messages[first] {
            guard let type = UInt8(second) else {
                throw TrafficError("\(text): the type of an ICMP message is a number up to 255")
            }
            return .message(transport, type: type)
        }
        // tcp/8080 is understood as well as 8080/tcp.
        let isReversed = withPorts[first] != nil
        let port = isReversed ? second : first
        guard let transport = withPorts[isReversed ? first : second] else { throw .noPort(text) }
        if port.first?.isNumber == true { return .number(transport, try number(port, text)) }
        guard isPortName(port) else { throw .noPort(text) }
        return .name(port, transport)
    }

    private static func message(
        _ parts: [String], _ text: String
    ) throws(TrafficError) -> TrafficPort {
        guard let transport = messages[parts[0]] else { throw .noPort(text) }
        guard let type = UInt8(parts[1]), let code = UInt8(parts[2]) else {
            throw TrafficError(
                "\(text): the type and the code of an ICMP message are numbers up to 255")
        }
        return .message(transport, type: type, code: code)
    }

    /// A protocol by its number alone.
    private static func bare(_ digits: String, _ text: String) throws(TrafficError) -> TrafficPort {
        guard let number = UInt8(digits) else {
            throw TrafficError("\(text): a protocol's number is one from 0 to 255")
        }
        let transport = IPProtocol(rawValue: number)
        if withPorts.values.contains(transport) { throw .portMissing(transport) }
        return messages.values.contains(transport)
            ? .message(transport, type: echo(transport)) : .portless(transport)
    }

    private static func number(_ digits: String, _ text: String) throws(TrafficError) -> UInt16 {
        guard let number = UInt16(digits), number > 0 else {
            throw TrafficError("\(text): a port is a number from 1 to 65535")
        }
        return number
    }

    private static func isPortName(_ word: String) -> Bool {
        !word.isEmpty && word.utf8.count <= 15
            && word.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-")
            }
    }

    /// The type of an echo request.
    private static func echo(_ transport: IPProtocol) -> UInt8 { transport == .icmpv6 ? 128 : 8 }
}

extension TrafficError {
    fileprivate static func noPort(_ text: String) -> TrafficError {
        TrafficError(
            """
            \(text) is no port; write NUMBER/tcp, NUMBER/udp or NUMBER/sctp, a port's name, icmp, \
            icmpv6, or protocol/NUMBER
            """)
    }

    fileprivate static func portMissing(_ transport: IPProtocol) -> TrafficError {
        TrafficError(
            """
            \(transport) alone is no packet: policies may treat its ports differently; say which \
            one is meant, such as 8080/\(transport)
            """)
    }
}
