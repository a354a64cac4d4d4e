// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// One message of a transaction. The kernel carries out all of them or none, in this order.
public enum Operation: Hashable, Sendable {
    /// The table's header, without anything in it.
    case addTable(name: String, comment: String?)
    /// The table with everything in it.
    case deleteTable(name: String)
    /// The chain's header, without its rules.
    case addChain(Chain)
    /// A chain to which nothing leads any more, with its rules.
    case deleteChain(name: String)
    /// The set's header, without its elements.
    case addSet(NamedSet)
    /// A set that no rule names any more, with its elements.
    case deleteSet(name: String)
    /// Elements for a set whose header is given (its own elements are not looked at).
    case addElements(SetElements, to: NamedSet)
    /// Elements of a set whose header is given.
    case deleteElements(SetElements, from: NamedSet)
    /// At the end of the chain.
    case appendRule(Rule, chain: String)
    /// Before the rule with this handle.
    case insertRule(Rule, chain: String, before: UInt64)
    /// In the place of the rule with this handle; its neighbours keep their counters.
    case replaceRule(Rule, chain: String, handle: UInt64)
    /// The rule with this handle.
    case deleteRule(chain: String, handle: UInt64)
}
