// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// What is known of a packet that is to be drawn: the rest is free.
struct FieldValues: Hashable {
    var source: IPAddress?
    var destination: IPAddress?
    var transport: IPProtocol?
    var sourcePort: UInt16?
    var destinationPort: UInt16?
    var icmpType: UInt8?

    /// The family of the address that is known.
    var family: AddressFamily? { source?.family ?? destination?.family }

    /// Sets a field from its bytes in network order, unless it is known already.
    mutating func set(_ field: Field, _ bytes: [UInt8]) {
        switch field {
        case .sourceAddress: if source == nil { source = IPAddress(networkBytes: bytes) }
        case .destinationAddress:
            if destination == nil { destination = IPAddress(networkBytes: bytes) }
        case .transportProtocol:
            if transport == nil { transport = bytes.first.map(IPProtocol.init(rawValue:)) }
        case .sourcePort: if sourcePort == nil { sourcePort = UInt16(networkBytes: bytes) }
        case .destinationPort:
            if destinationPort == nil { destinationPort = UInt16(networkBytes: bytes) }
        case .icmpv6Type: if icmpType == nil { icmpType = bytes.first }
        case .networkProtocol, .fibSourceType: break
        }
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
