// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// Reads a rule's expressions in order, keeping track of what each register's bytes stand for.
struct RuleLifting {
    private let family: AddressFamily
    private let sets: [String: NamedSet]
    private var registers = [RegisterByte](repeating: .unknown, count: 64)
    private var conditions: [LiftedRule.Condition] = []
    /// The protocols that packets which come so far can have.
    private var protocols: ClosedRange<UInt8> = 0...255
    private var outcome: LiftedRule.Outcome?

    private init(_ family: AddressFamily, _ sets: [String: NamedSet]) {
        self.family = family
        self.sets = sets
    }

    /// - Returns: nil for a rule that no packet of the family meets, or that decides nothing.
    static func lift(_ rule: Rule, _ family: AddressFamily, sets: [String: NamedSet]) -> LiftedRule?
    {
        var lifting = RuleLifting(family, sets)
        for expression in rule.expressions {
            guard lifting.read(expression) else { return nil }
            if let outcome = lifting.outcome {
                return LiftedRule(conditions: lifting.conditions, outcome: outcome)
            }
        }
        return nil
    }

    /// - Returns: whether a packet can get behind the expression.
    private mutating func read(_ expression: Expression) -> Bool {
        switch expression {
        case .meta(.networkProtocol, let register):
            // NFPROTO_IPV4 and NFPROTO_IPV6 of linux/netfilter.h.
            load([.constant(family == .ipv4 ? 2 : 10)], register)
        case .meta(.transportProtocol, let register):
            load(.transport, register)
        case .payload(let base, let offset, let length, let register):
            guard register.word * 4 + Int(length) <= registers.count else {
                outcome = .unknown("a register out of range")
                break
            }
            load((0..<length).map { byte(base, offset + $0) }, register)
        case .conntrackState(let register):
            load(.connection, register)
        case .fibSourceType(let register):
            load(.sourceType, register)
        case .bitwise(let register, let mask, let xor):
            let start = register.word * 4
            guard start + mask.count <= registers.count else {
                outcome = .unknown("a register out of range")
                break
            }
            let result = zip(registers[start...], zip(mask, xor)).map {
                $0.masked($1.0, xor: $1.1)
            }
            load(result, register)
        case .compare(let register, let comparison, let bytes):
            return compare(register, comparison, bytes)
        case .lookup(let set, let key, let isInverted):
            let fields = keyFields(key, of: set)
            conditions.append(
                fields.contains(.unknown)
                    ? .unknown("a lookup in \(set)")
                    : .member(
                        .init(set: set, fields: fields, protocols: protocols),
                        isNegated: isInverted))
        case .verdictLookup(let map, let key):
            let fields = keyFields(key, of: map)
            outcome =
                fields.contains(.unknown)
                ? .unknown("a lookup in \(map)")
                : .map(.init(set: map, fields: fields, protocols: protocols))
        case .verdict(let verdict):
            outcome = .verdict(verdict)
        case .counter, .log:
            break
        case .unknown(let name, let attributes):
            read(unknown: name, attributes)
        }
        return true
    }

    /// What expressions that are not read can do, by their kernel names.
    private mutating func read(unknown name: String, _ attributes: [UInt8]) {
        if name == "reject" {
            outcome = .verdict(.drop)
        } else if UnknownExpression(name: name, attributes: attributes).isCondition {
            conditions.append(.unknown("the expression \(name)"))
            registers = registers.map { _ in .unknown }
        } else {
            outcome = .unknown("the expression \(name)")
        }
    }

    // MARK: Loading

    private mutating func load(_ part: HeaderPart, _ register: Register) {
        load(
            (0..<part.length(in: family)).map { .part(part, index: $0, mask: 0xff, xor: 0) },
            register)
    }

    private mutating func load(_ bytes: [RegisterByte], _ register: Register) {
        let start = register.word * 4
        registers.replaceSubrange(start..<start + bytes.count, with: bytes)
        let padding = (4 - bytes.count % 4) % 4
        for index in 0..<padding { registers[start + bytes.count + index] = .constant(0) }
    }

    /// The byte of a packet at an offset behind a header's beginning.
    private func byte(_ base: PayloadBase, _ offset: UInt32) -> RegisterByte {
        let places: [(part: HeaderPart, offset: UInt32)]
        switch (base, family) {
        case (.network, .ipv4): places = [(.transport, 9), (.source, 12), (.destination, 16)]
        case (.network, .ipv6): places = [(.source, 8), (.destination, 24)]
        case (.transport, _): places = [(.first, 0), (.second, 2)]
        case (.link, _): places = []
        }
        for (part, start) in places
        where (start..<start + UInt32(part.length(in: family))).contains(offset) {
            return .part(part, index: Int(offset - start), mask: 0xff, xor: 0)
        }
        return .unknown
    }

    // MARK: Comparing

    private mutating func compare(_ register: Register, _ comparison: Comparison, _ bytes: [UInt8])
        -> Bool
    {
        let start = register.word * 4
        guard !bytes.isEmpty, start + bytes.count <= registers.count else {
            conditions.append(.unknown("a comparison out of range"))
            return true
        }
        let left = Array(registers[start..<start + bytes.count])
        if left.contains(.unknown) {
            conditions.append(.unknown("a comparison with a field that policies do not know"))
            return true
        }
        let condition: LiftedRule.Condition?
        if left.contains(where: \.isCircumstance) {
            condition =
                circumstances(left) { comparison.holds($0, bytes) }
                ?? .unknown("a comparison with a type of address that policies do not know")
        } else if let constants = left.constants {
            return comparison.holds(constants, bytes)
        } else {
            switch comparison {
            case .equal:
                guard let parts = equal(left, bytes) else { return false }
                condition = parts.map { .parts(narrowed($0), isNegated: false) }
                if let only = parts?.first(where: { $0.part == .transport })?.range {
                    protocols = UInt8(only.lowerBound)...UInt8(only.upperBound)
                }
            case .notEqual:
                guard let parts = equal(left, bytes) else { return true }
                condition = parts.map { .parts(narrowed($0), isNegated: true) }
            case .less, .lessOrEqual, .greater, .greaterOrEqual:
                condition = order(left, comparison, bytes)
            }
        }
        conditions.append(condition ?? .unknown("a comparison of single bits"))
        return true
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

    // MARK: Looking up

    /// What the fields of a set's key hold.
    private func keyFields(_ register: Register, of name: String) -> [LiftedRule.KeyField] {
        guard let set = sets[name] else { return [.unknown] }
        var lengths = set.key.map { ($0.length, $0.paddedLength) }
        if set.key.isEmpty {
            // Of a type that is not modelled only the length is known, from the elements; and where
            // these are the ends of intervals, they are not put together.
            if set.isInterval { return [.unknown] }
            guard let length = set.keyLength else { return [.constant([])] }
            lengths = [(length, length)]
        }
        var start = register.word * 4
        return lengths.map { length, padded in
            defer { start += padded }
            guard start + length <= registers.count else { return .unknown }
            return keyField(Array(registers[start..<start + length]))
        }
    }

    private func keyField(_ bytes: [RegisterByte]) -> LiftedRule.KeyField {
        if let constants = bytes.constants { return .constant(constants) }
        // A moment does not say which type of address a source has that is not the node's own.
        guard case .part(let part, _, _, _) = bytes[0], part != .sourceType else {
            return .unknown
        }
        for (index, byte) in bytes.enumerated()
        where byte != .part(part, index: index, mask: 0xff, xor: 0) { return .unknown }
        return .part(part, bytes: bytes.count)
    }
}

extension NamedSet {
    /// In bytes, as far as elements tell it.
    fileprivate var keyLength: Int? {
        if case .entries(let entries) = elements {
            entries.first { !$0.key.isEmpty }?.key.count
        } else {
            nil
        }
    }
}

extension RegisterByte {
    fileprivate var isCircumstance: Bool {
        if case .part(let part, _, _, _) = self { part.isCircumstance } else { false }
    }

    /// The byte where the part has a value.
    fileprivate func byte(where value: [UInt8]) -> UInt8 {
        switch self {
        case .constant(let byte): byte
        case .part(_, let index, let mask, let xor): value[index] & mask ^ xor
        case .unknown: 0
        }
    }
}

extension [RegisterByte] {
    /// What all bytes tell of, if it is one of what ``Circumstances`` tells and nothing else.
    fileprivate var circumstance: HeaderPart? {
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
    fileprivate var constants: [UInt8]? {
        var values: [UInt8] = []
        for byte in self {
            guard case .constant(let value) = byte else { return nil }
            values.append(value)
        }
        return values
    }
}
