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
        /// Whether a rule took the packet out of connection tracking.
        public var isUntracked = false

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
        var record = Record(keepsLookups: false)
        let isAccepted = try evaluate(packet, at: hook, &record)
        return Result(
            isAccepted: isAccepted, trace: record.steps, isUntracked: record.isUntracked)
    }

    /// What happens to a packet on its way through the rules.
    struct Record {
        /// Whether ``visits`` is kept too, which costs more.
        let keepsLookups: Bool
        var steps: [Result.Step] = []
        var visits: [Visit] = []
        fileprivate(set) var isUntracked = false
        /// The lookups of the rule that is being evaluated.
        fileprivate var lookups: [Lookup] = []

        init(keepsLookups: Bool) { self.keepsLookups = keepsLookups }

        /// A rule that gave a verdict or asked a set.
        struct Visit {
            var chain: String
            var rule: Int
            var lookups: [Lookup]
            var verdict: Verdict?
        }

        /// A question to a set.
        struct Lookup {
            var set: String
            var key: [UInt8]
        }

        fileprivate mutating func look(_ set: String, _ key: [UInt8]) {
            if keepsLookups { lookups.append(Lookup(set: set, key: key)) }
        }

        fileprivate mutating func leave(_ chain: Chain, _ rule: Int, _ verdict: Verdict?) {
            if let verdict {
                steps.append(Result.Step(chain: chain.name, rule: rule, verdict: verdict))
            }
            guard keepsLookups, verdict != nil || !lookups.isEmpty else { return }
            visits.append(
                Visit(chain: chain.name, rule: rule, lookups: lookups, verdict: verdict))
            lookups = []
        }
    }

    /// Whether the packet goes on, with a record of its way.
    func evaluate(
        _ packet: Packet, at hook: Hook, _ record: inout Record
    ) throws(EvaluationError) -> Bool {
        for base in bases[hook] ?? [] {
            switch try run(base, packet, &record) ?? .return {
            case .drop: return false
            case .accept: continue
            default: if base.base?.policy == .drop { return false }
            }
        }
        return true
    }

    /// The chain's verdict, `accept` or `drop`; nil where it returns or ends.
    private func run(
        _ chain: Chain, _ packet: Packet, _ record: inout Record
    ) throws(EvaluationError) -> Verdict? {
        for (position, rule) in chain.rules.enumerated() {
            let verdict = try verdict(of: rule, packet, &record)
            record.leave(chain, position, verdict)
            guard let verdict else { continue }
            switch verdict {
            case .accept, .drop: return verdict
            case .return: return nil
            case .goto(let name): return try run(named(name), packet, &record)
            case .jump(let name):
                if let final = try run(named(name), packet, &record) { return final }
            }
        }
        return nil
    }

    private func named(_ name: String) throws(EvaluationError) -> Chain {
        guard let chain = chains[name] else { throw .missing("chain \(name)") }
        return chain
    }

    /// The verdict that the rule gives the packet; nil where it does not match or gives none.
    private func verdict(
        of rule: Rule, _ packet: Packet, _ record: inout Record
    ) throws(EvaluationError) -> Verdict? {
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
            case .meta(.inputInterface, let register):
                load(InterfaceName(packet.inputInterface ?? "").bytes, register)
            case .meta(.outputInterface, let register):
                load(InterfaceName(packet.outputInterface ?? "").bytes, register)
            case .payload(let base, let offset, let length, let register):
                guard let bytes = packet.bytes(base, offset: offset, length: length)
                else { throw .unknownExpression("payload of \(length) bytes at \(base) \(offset)") }
                load(bytes, register)
            case .conntrackState(let register):
                let state = record.isUntracked ? .untracked : packet.connection
                load(Expression.hostBytes(state.rawValue), register)
            case .originalDestination(let part, let register):
                let state = record.isUntracked ? .untracked : packet.connection
                guard let bytes = packet.bytes(part, in: state) else { return nil }
                load(bytes, register)
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
                record.look(name, value(key, set.keyLength))
                let found = set.entry(value(key, set.keyLength)) != nil
                guard found != isInverted else { return nil }
            case .verdictLookup(let name, let key):
                let set = try content(name)
                record.look(name, value(key, set.keyLength))
                guard let entry = set.entry(value(key, set.keyLength)) else { return nil }
                guard let verdict = entry.verdict else { throw .unknownExpression("map \(name)") }
                return verdict
            case .verdict(let verdict):
                return verdict
            case .counter, .log:
                continue
            case .notrack:
                record.isUntracked = true
            case .reject, .unknown("reject", _):
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
