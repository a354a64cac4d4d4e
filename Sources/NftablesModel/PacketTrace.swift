// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A packet's way through a table for people: each rule that gave it a verdict or asked a set about
/// it, with the element that was found.
public struct PacketTrace: Hashable, Sendable {
    /// A rule on the way.
    public struct Step: Hashable, Sendable {
        /// The name of the rule's chain.
        public var chain: String
        /// The chain's comment: in Sluice's tables the policies that it comes from.
        public var chainComment: String?
        /// The rule's position in its chain, from zero.
        public var rule: Int
        /// The rule as nft writes it.
        public var text: String
        /// The questions that it asked of sets and maps, in order.
        public var lookups: [Lookup]
        /// What the rule said; nil where it did not match.
        public var verdict: Verdict?
    }

    /// A question to a set or map.
    public struct Lookup: Hashable, Sendable {
        /// The set's name.
        public var set: String
        /// The set's comment: in Sluice's tables the selectors that it comes from.
        public var comment: String?
        /// What was looked up, as nft writes it.
        public var key: String
        /// The element that was found, as nft writes it; nil where the set has none for the key.
        public var element: String?
    }

    /// Where the packet enters.
    public var hook: Hook
    /// Whether the packet goes on.
    public var isAccepted: Bool
    /// The rules on the way, in order.
    public var steps: [Step]
}

extension Table {
    /// Follows a packet through the table's rules.
    ///
    /// - Throws: ``EvaluationError`` if a rule has an expression or names an object that the
    ///   evaluator does not know.
    public func trace(_ packet: Packet, at hook: Hook) throws(EvaluationError) -> PacketTrace {
        var record = TableEvaluator.Record(keepsLookups: true)
        let isAccepted = try TableEvaluator(self).evaluate(packet, at: hook, &record)
        let known = Dictionary(chains.map { ($0.name, $0) }) { first, _ in first }
        let named = Dictionary(sets.map { ($0.name, $0) }) { first, _ in first }
        return PacketTrace(
            hook: hook, isAccepted: isAccepted,
            steps: record.visits.map { visit in
                PacketTrace.Step(
                    chain: visit.chain, chainComment: known[visit.chain]?.comment,
                    rule: visit.rule, text: known[visit.chain]?.rules[visit.rule].text() ?? "",
                    lookups: visit.lookups.compactMap { lookup in
                        named[lookup.set].map { set in
                            PacketTrace.Lookup(
                                set: set.name, comment: set.comment,
                                key: set.keyText(SetEntry(key: lookup.key)),
                                element: set.elementText(for: lookup.key))
                        }
                    }, verdict: visit.verdict)
            })
    }
}

extension NamedSet {
    /// The element that a key leads to, as nft writes it; nil if there is none.
    func elementText(for key: [UInt8]) -> String? {
        let content = SetContent(self)
        guard content.entry(key) != nil else { return nil }
        switch elements {
        case .ipv4, .ipv6:
            return keyText(SetEntry(key: key))
        case .ipv4Intervals(let set):
            guard let bits = UInt32(networkBytes: key) else { return nil }
            return set.intervals.first { $0.contains(bits) }?.blockText
        case .ipv6Intervals(let set):
            guard let bits = UInt128(networkBytes: key) else { return nil }
            return set.intervals.first { $0.contains(bits) }?.blockText
        case .entries(let entries):
            // A catch-all element has no key.
            let element = entries.first {
                $0.key.count == key.count && $0.covers(key, fields: content.fieldLengths)
            }
            return element.flatMap { elementTexts(.entries([$0])).first }
        }
    }
}
