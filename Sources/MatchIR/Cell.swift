// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What is decided once direction, endpoint class, protocol and port are known: the peer's address
/// is looked up in one set after the other.
public struct Cell: Sendable {
    /// The first run whose set holds the address decides, but for those that only log.
    public var runs: [Run]
    /// What becomes of packets that no run decides.
    public var ending: Ending
    /// Where the ending comes from.
    public var endingOrigin: EndingOrigin
    /// The policies that have a part in it, in the order in which they are asked.
    public var policies: [RuleOrigin]

    /// A cell of these parts.
    public init(
        runs: [Run], ending: Ending, endingOrigin: EndingOrigin = .nothing, policies: [RuleOrigin]
    ) {
        self.runs = runs
        self.ending = ending
        self.endingOrigin = endingOrigin
        self.policies = policies
    }

    /// Why packets that no run decides meet the ending.
    public enum EndingOrigin: Hashable, Sendable {
        /// These rules mean all of them.
        case rules([RuleOrigin])
        /// No rule of this tier means them, and its default action is to deny.
        case tier(String)
        /// No tier has decided about them.
        case nothing
    }

    /// What becomes of a packet at the end of a cell.
    public enum Ending: String, Hashable, Sendable {
        /// The packet is allowed in this direction.
        case accept
        /// A rule denies the packet.
        case drop
        /// Dropped because the endpoint is isolated, and not by a rule; so an endpoint still
        /// reaches itself (S23, S24).
        case isolate
    }

    /// Whether the address is not asked at all.
    public var isUnconditional: Bool { runs.isEmpty }
}

/// Clauses with the same action and conditions, their peers united into one set.
public struct Run: Hashable, Sendable {
    /// The peers whose packets the run is about.
    public var peers: MatchSet
    /// What must hold of these packets besides.
    public var conditions: RunConditions
    /// What it does with them.
    public var action: Action
    /// The rules whose clauses these are, in the order in which they are asked.
    public var origins: [RuleOrigin]

    /// A run of these parts.
    public init(
        peers: MatchSet, conditions: RunConditions = .none, action: Action, origins: [RuleOrigin]
    ) {
        self.peers = peers
        self.conditions = conditions
        self.action = action
        self.origins = origins
    }

    /// What a run does with the packets of its peers.
    public enum Action: Hashable, Sendable {
        /// Allows packets of these peers.
        case accept
        /// Denies packets of these peers.
        case drop
        /// Writes them to the kernel's log; then the next run is asked.
        case log
        /// Goes on in the cell of the tiers behind this one.
        case resume(Continuation)
    }
}
