// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// What an element demands of one field of its key.
enum KeyValue: Hashable, Sendable {
    /// A part of the packet lies in a range.
    case range(LiftedRule.PartRange)
    /// It is one of these moments.
    case circumstances(Circumstances)
    /// It is so for every packet of the family, or for none.
    case constant(Bool)
}

extension NamedSet {
    /// What an element demands of each field, where the fields are known.
    func values(of entry: SetEntry, _ fields: [LiftedRule.KeyField], _ family: AddressFamily)
        -> [KeyValue]
    {
        var start = 0
        return fields.enumerated().map { position, field in
            let length = key.isEmpty ? entry.key.count : key[position].length
            defer { start += key.isEmpty ? length : key[position].paddedLength }
            guard start + length <= entry.key.count, (entry.keyEnd?.count ?? .max) >= start + length
            else { return .constant(false) }
            let low = Array(entry.key[start..<start + length])
            let high = entry.keyEnd.map { Array($0[start..<start + length]) } ?? low
            return field.value(from: low, to: high, family)
        }
    }
}

extension LiftedRule.KeyField {
    fileprivate func value(from low: [UInt8], to high: [UInt8], _ family: AddressFamily)
        -> KeyValue
    {
        func isBetween(_ bytes: [UInt8]) -> Bool {
            bytes.count == low.count && !bytes.lexicographicallyPrecedes(low)
                && !high.lexicographicallyPrecedes(bytes)
        }
        switch self {
        case .constant(let bytes):
            return .constant(isBetween(bytes))
        case .part(let part, _) where part.isCircumstance:
            return .circumstances(
                Circumstances.each.reduce(into: []) { result, moment in
                    if part.values(in: moment).contains(where: isBetween) {
                        result.formUnion(moment.value)
                    }
                })
        case .part(let part, let bytes):
            guard low.count == bytes, high.count == bytes else { return .constant(false) }
            let shift = UInt128((part.length(in: family) - bytes) * 8)
            func number(_ bytes: [UInt8]) -> UInt128 {
                bytes.reduce(0) { $0 << 8 | UInt128($1) } << shift
            }
            let bottom = number(low)
            let top = number(high) | (1 << shift &- 1)
            guard bottom <= top else { return .constant(false) }
            return .range(.init(part: part, range: bottom...top))
        case .unknown:
            return .constant(false)
        }
    }
}

extension TransportAtoms.Condition {
    /// Demands that a part lie in a range.
    ///
    /// - Returns: false if the part does not belong to the transport header.
    mutating func restrict(_ range: LiftedRule.PartRange) -> Bool {
        func words() -> ClosedRange<UInt16> {
            UInt16(range.range.lowerBound)...UInt16(range.range.upperBound)
        }
        switch range.part {
        case .transport:
            protocols = UInt8(range.range.lowerBound)...UInt8(range.range.upperBound)
        case .first: first = words()
        case .second: second = words()
        case .source, .destination, .inputInterface, .outputInterface, .connection, .sourceType:
            return false
        }
        return true
    }
}
