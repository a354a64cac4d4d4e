// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyTestKit

/// What is known of a packet that is to be drawn: the rest is free.
struct FieldValues: Hashable {
    var source: IPAddress?
    var destination: IPAddress?
    var transport: IPProtocol?
    var sourcePort: UInt16?
    var destinationPort: UInt16?
    var icmpType: UInt8?
    var connection: ConnectionStates?
    /// Known without an address.
    private var saidFamily: AddressFamily?

    /// The family, of the address that is known if one is.
    var family: AddressFamily? { source?.family ?? destination?.family ?? saidFamily }

    /// Sets a field from its bytes in network order, unless it is known already.
    mutating func set(_ field: Field, _ bytes: [UInt8]) {
        switch field {
        case .sourceAddress: if source == nil { source = IPAddress(networkBytes: bytes) }
        case .destinationAddress, .originalAddress:
            if destination == nil { destination = IPAddress(networkBytes: bytes) }
        case .transportProtocol:
            if transport == nil { transport = bytes.first.map(IPProtocol.init(rawValue:)) }
        case .sourcePort: if sourcePort == nil { sourcePort = UInt16(networkBytes: bytes) }
        case .destinationPort, .originalPort:
            if destinationPort == nil { destinationPort = UInt16(networkBytes: bytes) }
        case .icmpv6Type: if icmpType == nil { icmpType = bytes.first }
        case .networkProtocol: if saidFamily == nil { saidFamily = bytes == [2] ? .ipv4 : .ipv6 }
        case .fibSourceType, .inputInterface, .outputInterface: break
        }
    }
}

extension FieldValues {
    /// Sets what a rule asks for, where that can be said: constants, states, and members of sets.
    mutating func meet(_ rule: Rule, in table: Table, using random: inout SeededGenerator) {
        for statement in rule.statements {
            switch statement {
            case .match(let field, .equal, let bytes): set(field, bytes)
            case .connectionState(let states):
                let all: [ConnectionStates] = [.new, .established, .related, .invalid, .untracked]
                let wished = all.filter { !$0.isDisjoint(with: states) }
                if connection == nil, !wished.isEmpty { connection = random.pick(wished) }
            case .member(let fields, let name, false), .verdictMap(let fields, let name):
                guard let named = table.sets.first(where: { $0.name == name }) else { continue }
                let entries = named.entries
                if !entries.isEmpty { set(fields, random.pick(entries), of: named, &random) }
            default: continue
            }
        }
    }

    /// Sets fields to one end of an element's.
    mutating func set(
        _ fields: [Field], _ entry: SetEntry, of set: NamedSet, _ random: inout SeededGenerator
    ) {
        let key = random.chance(50) ? entry.key : entry.keyEnd ?? entry.key
        for (field, bytes) in zip(fields, set.fields(of: key)) { self.set(field, bytes) }
    }
}

extension IPAddress {
    /// An address of four or sixteen bytes.
    init?(networkBytes bytes: [UInt8]) {
        if let bits = UInt32(networkBytes: bytes) {
            self = .ipv4(bits)
        } else if let bits = UInt128(networkBytes: bytes) {
            self = .ipv6(bits)
        } else {
            return nil
        }
    }

    /// The address so much further on, round the end of the family's addresses.
    func advanced(by distance: Int) -> IPAddress {
        switch self {
        case .ipv4(let bits): .ipv4(bits &+ UInt32(truncatingIfNeeded: distance))
        case .ipv6(let bits): .ipv6(bits &+ UInt128(truncatingIfNeeded: distance))
        }
    }
}
