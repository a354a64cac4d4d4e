// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// A rule as conditions on a packet of one family and what follows if all are true.
struct LiftedRule: Hashable, Sendable {
    /// Asked one after the other.
    var conditions: [Condition]
    /// What the rule then does.
    var outcome: Outcome

    /// What must be true of a packet.
    enum Condition: Hashable, Sendable {
        /// It is one of these moments.
        case circumstances(Circumstances)
        /// All of these parts lie in their ranges, or, negated, not all of them do.
        case parts([PartRange], isNegated: Bool)
        /// A key is, or is not, an element of a set.
        case member(Lookup, isNegated: Bool)
        /// Nobody knows.
        case unknown(String)
    }

    /// A range of a part's values.
    struct PartRange: Hashable, Sendable {
        var part: HeaderPart
        var range: ClosedRange<UInt128>
    }

    /// A question for an element of a set.
    struct Lookup: Hashable, Sendable {
        /// The name of the set or map.
        var set: String
        /// What the key is made of.
        var fields: [KeyField]
        /// The protocols that the rule still speaks of when it asks.
        var protocols: ClosedRange<UInt8>
    }

    /// What a rule does once its conditions hold.
    enum Outcome: Hashable, Sendable {
        case verdict(Verdict)
        /// The verdict of the key's element; without one the rule does nothing.
        case map(Lookup)
        /// Nobody knows: the packet may be dropped, accepted or go on.
        case unknown(String)
    }

    /// One field of a key.
    enum KeyField: Hashable, Sendable {
        /// So many leading bytes of a part.
        case part(HeaderPart, bytes: Int)
        /// The same bytes for every packet of the family.
        case constant([UInt8])
        case unknown
    }
}
