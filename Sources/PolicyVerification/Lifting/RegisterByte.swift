// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// One byte of a register, as far as it is known before there is a packet.
enum RegisterByte: Hashable, Sendable {
    case constant(UInt8)
    /// `byte & mask ^ xor` of a part's byte at this index.
    case part(HeaderPart, index: Int, mask: UInt8, xor: UInt8)
    case unknown

    /// After `& mask ^ xor`.
    func masked(_ mask: UInt8, xor: UInt8) -> RegisterByte {
        switch self {
        case .constant(let byte): .constant(byte & mask ^ xor)
        case .part(_, _, let own, let ownXor) where own & mask == 0:
            .constant(ownXor & mask ^ xor)
        case .part(let part, let index, let own, let ownXor):
            .part(part, index: index, mask: own & mask, xor: ownXor & mask ^ xor)
        case .unknown: mask == 0 ? .constant(xor) : .unknown
        }
    }
}

extension RegisterByte {
    var isCircumstance: Bool {
        if case .part(let part, _, _, _) = self { part.isCircumstance } else { false }
    }

    /// The byte where the part has a value.
    func byte(where value: [UInt8]) -> UInt8 {
        switch self {
        case .constant(let byte): byte
        case .part(_, let index, let mask, let xor): value[index] & mask ^ xor
        case .unknown: 0
        }
    }
}

extension [RegisterByte] {
    /// What all bytes tell of, if it is one of what ``Circumstances`` tells and nothing else.
    var circumstance: HeaderPart? {
        var found: HeaderPart?
        for byte in self {
            switch byte {
            case .constant: continue
            case .part(let part, _, _, _)
            where part.isCircumstance && (found == nil || found == part): found = part
            case .part, .unknown: return nil
            }
        }
        return found
    }

    /// The bytes, if all are the same for every packet.
    var constants: [UInt8]? {
        var values: [UInt8] = []
        for byte in self {
            guard case .constant(let value) = byte else { return nil }
            values.append(value)
        }
        return values
    }
}
