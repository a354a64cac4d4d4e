// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import RulesetDiff

/// Why nothing was read, or nothing changed: the kernel carries out a batch wholly or not at all.
public enum NetlinkError: Error, Hashable, Sendable {
    /// A system call failed: what was to be done, and why it could not be.
    case system(attempt: String, ErrorNumber)
    /// The kernel refused operations of the batch; all of those are named.
    case refused([Refusal])
    /// The kernel refused the batch as a whole, at its beginning or at its commit, such as for
    /// want of memory or because chains would jump in a circle.
    case batchRefused(table: String, ErrorNumber)
    /// The ruleset is no longer that of ``Transaction/generation``: read it and compute anew.
    case generationChanged(expected: UInt32)
    /// A step holds what no message can.
    case unwritable(step: Transaction.Step, reason: String)
    /// No answer says what became of the batch: read the table to see.
    case unacknowledged(table: String)
    /// The ruleset kept changing while it was read, so many times in a row.
    case unsettled(table: String, attempts: Int)
    /// The table belongs to another socket, which alone may change it: that of a running agent.
    case owned(table: String, port: UInt32)
    /// The table cannot be claimed: it was made for everybody, and only making it anew changes
    /// that.
    case unclaimable(table: String)
    /// The table cannot be claimed: this kernel has no tables that outlive their owner.
    case ownershipUnsupported(table: String)
    /// The kernel sent what cannot be understood.
    case malformed(String)

    /// One operation that the kernel refused.
    public struct Refusal: Hashable, Sendable {
        /// The step's index in its transaction.
        public var index: Int
        /// What was to be done, and why.
        public var step: Transaction.Step
        /// The transaction's table.
        public var table: String
        /// What the kernel answered.
        public var error: ErrorNumber
        /// The kernel's own words, if it gave any.
        public var detail: String?
    }
}

extension NetlinkError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .system(let attempt, let error):
            "cannot \(attempt): \(error.explanation)"
        case .refused(let refusals):
            Self.listing(refusals)
        case .batchRefused(let table, let error):
            "the kernel refused the changes to table \(table): \(error.explanation)"
        case .generationChanged(let expected):
            "the ruleset has changed since generation \(expected), from which the changes were "
                + "computed; read it again"
        case .unwritable(let step, let reason):
            "cannot \(step.operation.summary): \(reason) (\(step.reason))"
        case .unacknowledged(let table):
            "the kernel did not say what became of the changes to table \(table); read it again"
        case .unsettled(let table, let attempts):
            "table \(table) could not be read: the ruleset changed during each of \(attempts) "
                + "attempts; try again when fewer changes are made"
        case .owned(let table, let port):
            "table \(table) belongs to a running agent (netlink port \(port)), which alone may "
                + "change it: change the agent's input, or stop the agent first"
        case .unclaimable(let table):
            "table \(table) cannot be owned, since it was made for everybody: delete it, so that it "
                + "is made anew"
        case .ownershipUnsupported(let table):
            "table \(table) cannot be owned: tables that outlive their owner need Linux 6.9"
        case .malformed(let what):
            "the kernel sent \(what), which cannot be understood"
        }
    }
}

extension NetlinkError {
    /// The first few refusals, a line each; one cause often has thousands.
    private static func listing(_ refusals: [Refusal]) -> String {
        let limit = 10
        let lines = refusals.prefix(limit).map(\.description)
        let rest = refusals.count - lines.count
        return (lines + (rest > 0 ? ["and \(rest) more refusals"] : [])).joined(separator: "\n")
    }
}

extension NetlinkError.Refusal: CustomStringConvertible {
    public var description: String {
        let words = detail.map { " (\($0))" } ?? ""
        return "table \(table): cannot \(step.operation.summary)\(words): \(error.explanation); "
            + "wanted for: \(step.reason)"
    }
}

extension ErrorNumber {
    /// The text, and the remedy where there is one.
    var explanation: String { remedy.map { "\(self): \($0)" } ?? description }
}

extension Operation {
    /// The operation and its object in one phrase: `add set peers4`.
    var summary: String {
        switch self {
        case .addTable(let name, _): "add table \(name)"
        case .deleteTable(let name): "delete table \(name)"
        case .addChain(let chain): "add chain \(chain.name)"
        case .deleteChain(let name): "delete chain \(name)"
        case .addSet(let set): "add \(set.isVerdictMap ? "map" : "set") \(set.name)"
        case .deleteSet(let name): "delete set \(name)"
        case .addElements(let elements, let set): "add \(elements.count) elements to \(set.name)"
        case .deleteElements(let elements, let set):
            "delete \(elements.count) elements from \(set.name)"
        case .appendRule(let rule, let chain):
            "append a rule of \(rule.expressions.count) expressions to chain \(chain)"
        case .insertRule(_, let chain, let before):
            "insert a rule into chain \(chain) before handle \(before)"
        case .replaceRule(_, let chain, let handle):
            "replace the rule of chain \(chain) with handle \(handle)"
        case .deleteRule(let chain, let handle):
            "delete the rule of chain \(chain) with handle \(handle)"
        }
    }
}
