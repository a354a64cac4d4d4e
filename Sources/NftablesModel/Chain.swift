// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// An ordered list of rules; a base chain is entered by packets at a hook, the others by verdicts.
public struct Chain: Hashable, Sendable {
    /// Unique among the table's chains.
    public var name: String
    /// Where packets enter; nil for a chain that only verdicts lead to.
    public var base: BaseChain?
    /// At most ``Comment/maximumLength`` bytes.
    public var comment: String?
    /// Evaluated in order until one decides.
    public var rules: [Rule]

    /// A chain of these parts; without a base, one that only verdicts lead to.
    public init(name: String, base: BaseChain? = nil, comment: String? = nil, rules: [Rule] = []) {
        self.name = name
        self.base = base
        self.comment = comment
        self.rules = rules
    }
}

/// How a base chain is attached.
public struct BaseChain: Hashable, Sendable {
    /// Where packets enter.
    public var hook: Hook
    /// Lower runs earlier; 0 is nft's `filter`.
    public var priority: Int32
    /// What becomes of a packet that no rule decides.
    public var policy: Policy
    /// `filter` in all that Sluice emits; anything else was made by others. A hook that ``Hook``
    /// does not know is added to it: `filter@5`.
    public var type: String

    /// An attachment; all but the hook is as Sluice emits it unless stated.
    public init(
        hook: Hook, priority: Int32 = 0, policy: Policy = .accept, type: String = "filter"
    ) {
        self.hook = hook
        self.priority = priority
        self.policy = policy
        self.type = type
    }

    /// A base chain's last word.
    public enum Policy: String, Hashable, Sendable {
        /// The packet goes on.
        case accept
        /// The packet is dropped.
        case drop
    }
}

/// A point on a packet's way through the stack (`enum nf_inet_hooks`).
public enum Hook: UInt32, Hashable, Sendable, CaseIterable {
    /// Every packet that arrives, before the node knows where to.
    case prerouting = 0
    /// Packets for the node itself.
    case input = 1
    /// Packets that the node forwards.
    case forward = 2
    /// Packets that the node sends.
    case output = 3
    /// Every packet that leaves.
    case postrouting = 4

    /// The hook as nft writes it.
    public var name: String {
        switch self {
        case .prerouting: "prerouting"
        case .input: "input"
        case .forward: "forward"
        case .output: "output"
        case .postrouting: "postrouting"
        }
    }
}

extension Chain {
    /// Whether a rule looks something up in one of these sets.
    public func looks(into sets: Set<String>) -> Bool {
        rules.contains { rule in
            rule.expressions.contains { expression in
                if case .lookup(let set, _, _) = expression { sets.contains(set) } else { false }
            }
        }
    }
}
