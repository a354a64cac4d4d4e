// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// Carries packets through a table's rules as the kernel's virtual machine would.
public struct TableEvaluator {
    private let bases: [Hook: [Chain]]
    private let chains: [String: Chain]
    private let sets: [String: SetContent]

    /// An evaluator of all rules of the table.
    public init(_ table: Table) {
        chains = Dictionary(table.chains.map { ($0.name, $0) }) { first, _ in first }
        sets = Dictionary(table.sets.map { ($0.name, SetContent($0)) }) { first, _ in first }
        let attached = table.isDormant ? [] : table.chains.filter { $0.base != nil }
        bases = Dictionary(grouping: attached) { $0.base!.hook }
            .mapValues { $0.sorted { $0.base!.priority < $1.base!.priority } }
    }

    /// What became of a packet, and the rules that had a part in it.
    public struct Result: Hashable, Sendable {
        /// Whether the packet goes on.
        public var isAccepted: Bool
        /// The rules that gave verdicts, in order.
        public var trace: [Step]

        /// One rule that gave a verdict.
        public struct Step: Hashable, Sendable {
            /// The name of the rule's chain.
            public var chain: String
            /// The rule's position in its chain.
            public var rule: Int
            /// What the rule said.
            public var verdict: Verdict
        }
    }

    /// - Throws: ``EvaluationError`` if a rule has an expression or names an object that this
    ///   evaluator does not know.
    public func evaluate(_ packet: Packet, at hook: Hook) throws(EvaluationError) -> Result {
        var trace: [Result.Step] = []
        for base in bases[hook] ?? [] {
            let verdict = try run(base, packet, &trace) ?? .return
            switch verdict {
            case .drop: return Result(isAccepted: false, trace: trace)
            case .accept: continue
            default:
                if base.base?.policy == .drop { return Result(isAccepted: false, trace: trace) }
            }
        }
        return Result(isAccepted: true, trace: trace)
    }

    /// The chain's verdict, `accept` or `drop`; nil where it returns or ends.
    private func run(
        _ chain: Chain, _ packet: Packet, _ trace: inout [Result.Step]
    ) throws(EvaluationError) -> Verdict? {
        for (position, rule) in chain.rules.enumerated() {
            guard let verdict = try verdict(of: rule, packet) else { continue }
            trace.append(.init(chain: chain.name, rule: position, verdict: verdict))
            switch verdict {
            case .accept, .drop: return verdict
            case .return: return nil
            case .goto(let name): return try run(named(name), packet, &trace)
            case .jump(let name):
                if let final = try run(named(name), packet, &trace) { return final }
            }
        }
        return nil
    }

    private func named(_ name: String) throws(EvaluationError) -> Chain {
        guard let chain = chains[name] else { throw .missing("chain \(name)") }
        return chain
    }

    /// The verdict that the rule gives the packet; nil where it does not match or gives none.
    private func verdict(of rule: Rule, _ packet: Packet) throws(EvaluationError) -> Verdict? {
        var registers = [UInt8](repeating: 0, count: 64)
        func load(_ bytes: [UInt8], _ register: Register) {
            registers.replaceSubrange(
                register.word * 4..<register.word * 4 + bytes.count, with: bytes)
            let padding = (4 - bytes.count % 4) % 4
            for offset in 0..<padding { registers[register.word * 4 + bytes.count + offset] = 0 }
        }
        func value(_ register: Register, _ count: Int) -> [UInt8] {
            Array(registers[register.word * 4..<register.word * 4 + count])
        }
        for expression in rule.expressions {
            switch expression {
            case .meta(.networkProtocol, let register):
                let isIPv4 = packet.source.family == .ipv4
                load([isIPv4 ? ProtocolNumber.ipv4 : ProtocolNumber.ipv6], register)
            case .meta(.transportProtocol, let register):
                load([packet.transport.rawValue], register)
            case .payload(let base, let offset, let length, let register):
                guard let bytes = packet.bytes(base, offset: offset, length: length)
                else { throw .unknownExpression("payload of \(length) bytes at \(base) \(offset)") }
                load(bytes, register)
            case .conntrackState(let register):
                load(Expression.hostBytes(packet.connection.rawValue), register)
            case .fibSourceType(let register):
                // RTN_UNICAST and RTN_LOCAL of linux/rtnetlink.h.
                load(Expression.hostBytes(packet.isFromThisNode ? 2 : 1), register)
            case .bitwise(let register, let mask, let xor):
                let result = zip(value(register, mask.count), zip(mask, xor)).map {
                    $0 & $1.0 ^ $1.1
                }
                load(result, register)
            case .compare(let register, let comparison, let bytes):
                guard comparison.holds(value(register, bytes.count), bytes) else { return nil }
            case .lookup(let name, let key, let isInverted):
                let set = try content(name)
                let found = set.entry(value(key, set.keyLength)) != nil
                guard found != isInverted else { return nil }
            case .verdictLookup(let name, let key):
                let set = try content(name)
                guard let entry = set.entry(value(key, set.keyLength)) else { return nil }
                guard let verdict = entry.verdict else { throw .unknownExpression("map \(name)") }
                return verdict
            case .verdict(let verdict):
                return verdict
            case .counter, .log:
                continue
            case .unknown("reject", _):
                // The sender is told; for the packet it is the same.
                return .drop
            case .unknown(let name, _):
                throw .unknownExpression(name)
            }
        }
        return nil
    }

    private func content(_ name: String) throws(EvaluationError) -> SetContent {
        guard let set = sets[name] else { throw .missing("set \(name)") }
        guard set.keyLength > 0 else { throw .unknownExpression("the key of set \(name)") }
        return set
    }
}

/// Why a packet's fate could not be found out.
public enum EvaluationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A rule holds an expression that this evaluator does not know.
    case unknownExpression(String)
    /// A chain or set that a rule names is not there.
    case missing(String)

    /// What is not known or missing.
    public var description: String {
        switch self {
        case .unknownExpression(let name): "the expression \(name) is not known"
        case .missing(let object): "\(object) is not there"
        }
    }
}

extension Comparison {
    /// Whether the comparison is true of two byte strings of one length.
    public func holds(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left.lexicographicallyPrecedes(right)
        case .lessOrEqual: !right.lexicographicallyPrecedes(left)
        case .greater: right.lexicographicallyPrecedes(left)
        case .greaterOrEqual: !left.lexicographicallyPrecedes(right)
        }
    }
}

/// A set's elements made ready to be looked up.
private struct SetContent {
    /// An element that was found.
    struct Found {
        /// Nil in a set, and for a verdict that is not known.
        var verdict: Verdict?
    }

    /// In bytes, fields of a concatenation padded to whole words; zero where it is not known.
    let keyLength: Int
    private let find: @Sendable ([UInt8]) -> Found?
    /// The element for all keys that have none of their own.
    private let catchAll: Found?

    init(_ set: NamedSet) {
        let lengths = set.key.map { set.key.count > 1 ? $0.paddedLength : $0.length }
        var keyLength = lengths.reduce(0, +)
        var catchAll: Found?
        switch set.elements {
        case .ipv4(let addresses):
            let members = Set(addresses)
            find = { UInt32(networkBytes: $0).flatMap { members.contains($0) ? Found() : nil } }
        case .ipv6(let addresses):
            let members = Set(addresses)
            find = { UInt128(networkBytes: $0).flatMap { members.contains($0) ? Found() : nil } }
        case .ipv4Intervals(let set):
            find = { UInt32(networkBytes: $0).flatMap { set.contains($0) ? Found() : nil } }
        case .ipv6Intervals(let set):
            find = { UInt128(networkBytes: $0).flatMap { set.contains($0) ? Found() : nil } }
        case .entries(let all):
            catchAll = all.first { $0.key.isEmpty }.map { Found(verdict: $0.verdict) }
            let entries = all.filter { !$0.key.isEmpty }
            if keyLength == 0, !set.isInterval { keyLength = entries.first?.key.count ?? 0 }
            if entries.contains(where: { $0.keyEnd != nil }) {
                find = { key in
                    entries.first { $0.covers(key, fields: lengths) }
                        .map { Found(verdict: $0.verdict) }
                }
            } else {
                let members = Dictionary(entries.map { ($0.key, Found(verdict: $0.verdict)) }) {
                    first, _ in first
                }
                find = { members[$0] }
            }
        }
        self.keyLength = keyLength
        self.catchAll = catchAll
    }

    /// The key's element; nil if there is none.
    func entry(_ key: [UInt8]) -> Found? { find(key) ?? catchAll }
}

extension SetEntry {
    /// Whether each field of the value lies between those of the key and its end.
    fileprivate func covers(_ value: [UInt8], fields lengths: [Int]) -> Bool {
        let end = keyEnd ?? key
        var position = 0
        for length in lengths {
            let range = position..<position + length
            let field = Array(value[range])
            if field.lexicographicallyPrecedes(key[range])
                || end[range].lexicographicallyPrecedes(field)
            {
                return false
            }
            position += length
        }
        return true
    }
}
