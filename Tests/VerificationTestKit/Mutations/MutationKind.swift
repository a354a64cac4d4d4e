// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What a mutation does to a table.
public enum MutationKind: String, CaseIterable, Codable, Sendable {
    /// An element is gone.
    case elementDropped = "element dropped"
    /// There is one more.
    case elementAdded = "element added"
    /// A block or a range of ports is larger, or begins elsewhere.
    case intervalWidened = "interval widened"
    /// A block or a range of ports is smaller.
    case intervalNarrowed = "interval narrowed"
    /// A map's element leads elsewhere.
    case elementRedirected = "element redirected"
    /// A set is empty.
    case setFlushed = "set flushed"
    /// A rule is gone.
    case ruleDeleted = "rule deleted"
    /// A rule asks something else: another set, side, state or constant.
    case ruleEdited = "rule edited"
    /// A rule gives another verdict.
    case ruleVerdictSwapped = "rule's verdict swapped"
    /// A rule stands elsewhere in its chain.
    case ruleMoved = "rule moved"
    /// There is one more rule, of expressions that can be known.
    case ruleInserted = "rule inserted"
    /// There is one more rule, of expressions that cannot.
    case unknownInserted = "unknowable rule inserted"
    /// Where a rule or element says goto it says jump, or the other way round.
    case gotoTurnedJump = "goto turned jump"
    /// A chain is empty.
    case chainFlushed = "chain flushed"
    /// A chain is gone, with all that leads to it.
    case chainRemoved = "chain removed"
    /// A base chain drops what no rule decides.
    case policyTurned = "base chain's policy turned"
    /// There is one more base chain, at any hook.
    case baseChainAdded = "base chain added"
    /// A base chain has another priority, or another hook.
    case baseChainMoved = "base chain moved"
    /// Nothing meets the table.
    case tableDormant = "table dormant"
    /// Two of the others.
    case two = "two at once"
}
