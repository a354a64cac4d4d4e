// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// Reads a rule's expressions in order, keeping track of what each register's bytes stand for.
struct RuleLifting {
    private let family: AddressFamily
    private let sets: [String: NamedSet]
    private var registers = RegisterFile()
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
        case .meta(.inputInterface, let register):
            load(.inputInterface, register)
        case .meta(.outputInterface, let register):
            load(.outputInterface, register)
        case .payload(let base, let offset, let length, let register):
            load((0..<length).map { byte(base, offset + $0) }, register)
        case .conntrackState(let register):
            load(.connection, register)
        case .originalDestination(let part, let register):
            // Where nothing is translated it is the destination. Some packets have no connection.
            conditions.append(
                .circumstances(
                    [true, false].reduce(into: Circumstances()) {
                        $0.formUnion(
                            Circumstances(
                                states: [.new, .established, .related], isFromThisNode: $1))
                    }))
            load(part == .port ? .second : .destination, register)
        case .fibSourceType(let register):
            load(.sourceType, register)
        case .bitwise(let register, let mask, let xor):
            let bytes = registers.bytes(register, count: mask.count) ?? []
            load(zip(bytes, zip(mask, xor)).map { $0.masked($1.0, xor: $1.1) }, register)
        case .compare(let register, let comparison, let bytes):
            return compare(register, comparison, bytes)
        case .lookup(let set, let key, let isInverted):
            let fields = sets[set].map { registers.keyFields(key, of: $0) } ?? [.unknown]
            conditions.append(
                fields.contains(.unknown)
                    ? .unknown("a lookup in \(set)")
                    : .member(
                        .init(set: set, fields: fields, protocols: protocols),
                        isNegated: isInverted))
        case .verdictLookup(let map, let key):
            let fields = sets[map].map { registers.keyFields(key, of: $0) } ?? [.unknown]
            outcome =
                fields.contains(.unknown)
                ? .unknown("a lookup in \(map)")
                : .map(.init(set: map, fields: fields, protocols: protocols))
        case .verdict(let verdict):
            outcome = .verdict(verdict)
        case .counter, .log:
            break
        case .notrack:
            // Where packets are judged, whether they have a connection is settled.
            break
        case .reject:
            outcome = .verdict(.drop)
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
            registers.forget()
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
        if bytes.isEmpty || !registers.load(bytes, register) {
            outcome = .unknown("a register out of range")
        }
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

    /// - Returns: whether a packet can pass the comparison.
    private mutating func compare(_ register: Register, _ comparison: Comparison, _ bytes: [UInt8])
        -> Bool
    {
        guard !bytes.isEmpty, let left = registers.bytes(register, count: bytes.count) else {
            conditions.append(.unknown("a comparison out of range"))
            return true
        }
        let lifting = ComparisonLifting(family: family, protocols: protocols)
        switch lifting.lift(left, comparison, bytes) {
        case .always: break
        case .never: return false
        case .condition(let condition):
            conditions.append(condition)
            if case .parts(let ranges, isNegated: false) = condition,
                let only = ranges.first(where: { $0.part == .transport })?.range
            {
                protocols = UInt8(only.lowerBound)...UInt8(only.upperBound)
            }
        }
        return true
    }
}
