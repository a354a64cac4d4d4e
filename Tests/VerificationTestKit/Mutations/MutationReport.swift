// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What came of mutations and their verification.
public struct MutationReport: Sendable {
    /// Of one kind of mutations.
    public struct Tally: Sendable {
        /// They change some packet's fate.
        public var changing = 0
        /// They change none that was sampled.
        public var harmless = 0
        /// Whether they change any depends on what cannot be known.
        public var uncertain = 0
        /// The verification said so.
        public var proved = 0
        /// The verification said so, with packets that show it.
        public var different = 0
        /// The verification said so.
        public var notProved = 0

        var count: Int { changing + harmless + uncertain }
    }

    /// By kind.
    public var tallies: [MutationKind: Tally] = [:]
    /// Commands that nft refused; they count for nothing else.
    public var refused = 0
    /// Packets that were carried through the interpreter.
    public var samples = 0
    /// Packets that were sent through the kernel's mutated table.
    public var sent = 0
    /// Mutations whose change the sampler missed and the verification found, with a real packet.
    public var missedBySampler = 0
    /// Mutations with a packet that is surely different and an answer that it is not known, because
    /// other expressions are not.
    public var undecidedThoughDifferent = 0
    /// What must never be.
    public var failures: [String] = []
    /// How long it took.
    public var seconds = 0.0

    /// Nothing yet.
    public init() {}

    /// How many mutations were judged.
    public var mutations: Int { tallies.values.reduce(0) { $0 + $1.count } }
    /// How many of them change some packet's fate.
    public var changing: Int { tallies.values.reduce(0) { $0 + $1.changing } }
    /// How many of them change none.
    public var harmless: Int { tallies.values.reduce(0) { $0 + $1.harmless } }

    /// For people.
    public var text: String {
        var lines = [
            row("", "changing", "harmless", "uncertain", "proved", "different", "not proved")
        ]
        var sum = Tally()
        for kind in MutationKind.allCases {
            guard let tally = tallies[kind] else { continue }
            lines.append(row(kind.rawValue, tally))
            sum += tally
        }
        lines.append(row("in all", sum))
        lines.append(
            """
            \(mutations) mutations in \(Int(seconds)) s, \(refused) others refused by nft; \
            \(samples) packets sampled, \(sent) sent; \(missedBySampler) changes missed by the \
            sampler and found by the verification; \(undecidedThoughDifferent) different and \
            undecided; \(failures.count) failures
            """)
        return (lines + failures.map { "  \($0)" }).joined(separator: "\n") + "\n"
    }

    private func row(_ name: String, _ tally: Tally) -> String {
        row(
            name, "\(tally.changing)", "\(tally.harmless)", "\(tally.uncertain)",
            "\(tally.proved)", "\(tally.different)", "\(tally.notProved)")
    }

    private func row(_ name: String, _ columns: String...) -> String {
        name + String(repeating: " ", count: max(0, 26 - name.count))
            + columns.map { String(repeating: " ", count: max(1, 11 - $0.count)) + $0 }.joined()
    }
}

extension MutationReport.Tally {
    static func += (left: inout Self, right: Self) {
        left.changing += right.changing
        left.harmless += right.harmless
        left.uncertain += right.uncertain
        left.proved += right.proved
        left.different += right.different
        left.notProved += right.notProved
    }
}
