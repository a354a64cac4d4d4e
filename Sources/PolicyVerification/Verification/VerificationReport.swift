// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyModel

/// Whether a ruleset does what the policies say, and where it does not.
public struct VerificationReport: Sendable {
    /// The answer.
    public enum Outcome: String, Sendable {
        /// For every packet the ruleset does what the policies say.
        case proved
        /// For some packet it surely does something else.
        case different
        /// It may do something else: part of the ruleset is not understood.
        case notProved = "not proved"
    }

    /// The answer.
    public var outcome: Outcome {
        if !differences.isEmpty { return .different }
        return doubts.isEmpty ? .proved : .notProved
    }

    /// For each rule that drops too much and for each denial that is not carried out, one packet.
    public var differences: [Difference] = []
    /// Differences beyond those that are listed.
    public var furtherDifferences = 0
    /// What is not understood and matters, each once.
    public var doubts: [Doubt] = []
    /// How much was compared.
    public var scope = Scope()

    /// One packet of which ruleset and policies think differently.
    public struct Difference: Sendable {
        /// The packet.
        public var probe: ProbePacket
        /// What the policies say, and which of them.
        public var policies: Decision
        /// Whether the ruleset lets the packet pass.
        public var isAccepted: Bool
        /// The rules that gave verdicts on the packet's way, in order; the last one decides.
        public var trace: [Step]
    }

    /// A rule that gave a verdict.
    public struct Step: Hashable, Sendable {
        /// Where it stands.
        public var place: RulePlace
        /// The kernel's number of it; nil in a ruleset that is not in a kernel.
        public var handle: UInt64?
        /// The rule as nft writes it.
        public var text: String
        /// What it said.
        public var verdict: Verdict
    }

    /// A part of the ruleset that nobody understands and on which the fate of packets depends.
    public struct Doubt: Hashable, Sendable {
        /// The rule, where it is one.
        public var place: RulePlace?
        /// The kernel's number of the rule, where there is one.
        public var handle: UInt64?
        /// What is not known.
        public var reason: String
        /// A packet whose fate depends on it.
        public var probe: ProbePacket?
    }

    /// How much was compared.
    public struct Scope: Hashable, Sendable {
        /// The node's endpoints that policies govern.
        public var endpoints = 0
        /// Classes of addresses, both families together: what is true of one address of a class is
        /// true of all.
        public var addressClasses = 0
        /// Atoms of protocols and ports, both families together.
        public var transportAtoms = 0
        /// The ruleset's rules.
        public var rules = 0
        /// The elements of its sets.
        public var elements = 0
    }
}
