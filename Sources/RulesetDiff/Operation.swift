// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// One message of a transaction. The kernel carries out all of them or none, in this order.
public enum Operation: Hashable, Sendable {
    case addTable(name: String, comment: String?)
    case deleteTable(name: String)
    /// The chain's header, without its rules.
    case addChain(Chain)
    case deleteChain(name: String)
    /// The set's header, without its elements.
    case addSet(NamedSet)
    case deleteSet(name: String)
    /// Elements for a set whose header is given (its own elements are not looked at).
    case addElements(SetElements, to: NamedSet)
    case deleteElements(SetElements, from: NamedSet)
    /// At the end of the chain.
    case appendRule(Rule, chain: String)
    /// Before the rule with this handle.
    case insertRule(Rule, chain: String, before: UInt64)
    /// In the place of the rule with this handle; its neighbours keep their counters.
    case replaceRule(Rule, chain: String, handle: UInt64)
    case deleteRule(chain: String, handle: UInt64)
}
