// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// What a comparison of registers with constants asks of a packet.
struct ComparisonLifting {
    let family: AddressFamily
    /// The protocols that packets which come so far can have.
    let protocols: ClosedRange<UInt8>

    /// When the comparison is true.
    enum Answer {
        case always
        case never
        case condition(LiftedRule.Condition)
    }

    /// Reads a comparison of as many bytes on both sides.
    func lift(_ left: [RegisterByte], _ comparison: Comparison, _ bytes: [UInt8]) -> Answer {
        if left.contains(.unknown) {
            return .unknown("a comparison with a field that policies do not know")
        }
        if left.contains(where: \.isCircumstance) {
            return circumstances(left) { comparison.holds($0, bytes) }.map(Answer.condition)
                ?? .unknown("a comparison with a type of address that policies do not know")
        }
        if let constants = left.constants {
            return comparison.holds(constants, bytes) ? .always : .never
        }
        switch comparison {
        case .equal, .notEqual:
            let isNegated = comparison == .notEqual
            guard let ranges = equal(left, bytes) else { return isNegated ? .always : .never }
            return ranges.map { .condition(.parts(narrowed($0), isNegated: isNegated)) }
                ?? .unknown("a comparison of single bits")
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            return order(left, comparison, bytes).map(Answer.condition)
                ?? .unknown("an order of single bits")
        }
    }

    /// The moments in which bytes that tell of nothing else fulfil a condition; nil where a moment
    /// does not say.
    private func circumstances(_ bytes: [RegisterByte], _ isMet: ([UInt8]) -> Bool)
        -> LiftedRule.Condition?
    {
        guard let part = bytes.circumstance else { return nil }
        var result = Circumstances()
        for moment in Circumstances.each {
            let answers = Set(
                part.values(in: moment).map { value in
                    isMet(bytes.map { $0.byte(where: value) })
                })
            guard answers.count == 1 else { return nil }
            if answers.contains(true) { result.formUnion(moment.value) }
        }
        return .circumstances(result)
    }

    /// The ranges in which parts must lie to equal the bytes: an inner nil where no range tells it,
    /// an outer one where they never do.
    private func equal(_ left: [RegisterByte], _ bytes: [UInt8]) -> [LiftedRule.PartRange]?? {
        var masks: [HeaderPart: (mask: UInt128, value: UInt128)] = [:]
        var order: [HeaderPart] = []
        for (byte, wanted) in zip(left, bytes) {
            switch byte {
            case .constant(let value):
                if value != wanted { return nil }
            case .part(let part, let index, let mask, let xor):
                if (wanted ^ xor) & ~mask != 0 { return nil }
                let shift = UInt128((part.length(in: family) - 1 - index) * 8)
                if masks[part] == nil { order.append(part) }
                let known = masks[part] ?? (0, 0)
                masks[part] = (
                    known.mask | UInt128(mask) << shift,
                    known.value | UInt128(wanted ^ xor) << shift
                )
            case .unknown:
                return .some(nil)
            }
        }
        var ranges: [LiftedRule.PartRange] = []
        for part in order {
            let (mask, value) = masks[part]!
            let width = part.length(in: family) * 8
            let free = (width == 128 ? UInt128.max : 1 << UInt128(width) - 1) & ~mask
            // The free bits must be the lowest ones.
            guard free & (free &+ 1) == 0 else { return .some(nil) }
            ranges.append(.init(part: part, range: value...(value | free)))
        }
        return ranges
    }

    /// An order of a part's leading bytes; nil for anything else.
    private func order(_ left: [RegisterByte], _ comparison: Comparison, _ bytes: [UInt8])
        -> LiftedRule.Condition?
    {
        guard case .part(let part, _, _, _) = left[0] else { return nil }
        for (index, byte) in left.enumerated()
        where byte != .part(part, index: index, mask: 0xff, xor: 0) { return nil }
        let width = part.length(in: family) * 8
        let shift = UInt128(width - bytes.count * 8)
        let low = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) } << shift
        let high = low | (1 << shift &- 1)
        let top = width == 128 ? UInt128.max : 1 << UInt128(width) - 1
        func range(_ isPossible: Bool, _ range: @autoclosure () -> ClosedRange<UInt128>)
            -> LiftedRule.Condition
        {
            isPossible
                ? .parts(narrowed([.init(part: part, range: range())]), isNegated: false)
                : .circumstances([])
        }
        return switch comparison {
        case .less: range(low > 0, 0...low - 1)
        case .lessOrEqual: range(true, 0...high)
        case .greater: range(high < top, high + 1...top)
        case .greaterOrEqual: range(true, low...top)
        case .equal, .notEqual: nil
        }
    }

    /// The ranges, and with those of ports the protocols that are meant: ports of others need not
    /// be told apart.
    private func narrowed(_ ranges: [LiftedRule.PartRange]) -> [LiftedRule.PartRange] {
        guard protocols != 0...255, ranges.contains(where: { $0.part.isTransportWord }),
            !ranges.contains(where: { $0.part == .transport })
        else { return ranges }
        let meant = UInt128(protocols.lowerBound)...UInt128(protocols.upperBound)
        return [.init(part: .transport, range: meant)] + ranges
    }
}

extension ComparisonLifting.Answer {
    fileprivate static func unknown(_ what: String) -> Self { .condition(.unknown(what)) }
}
