// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// An ordered list of rules; a base chain is entered by packets at a hook, the others by verdicts.
public struct Chain: Hashable, Sendable {
    public var name: String
    /// Where packets enter; nil for a chain that only verdicts lead to.
    public var base: BaseChain?
    /// At most ``Comment/maximumLength`` bytes.
    public var comment: String?
    public var rules: [Rule]

    public init(name: String, base: BaseChain? = nil, comment: String? = nil, rules: [Rule] = []) {
        self.name = name
        self.base = base
        self.comment = comment
        self.rules = rules
    }
}

/// How a base chain is attached.
public struct BaseChain: Hashable, Sendable {
    public var hook: Hook
    /// Lower runs earlier; 0 is nft's `filter`.
    public var priority: Int32
    /// What becomes of a packet that no rule decides.
    public var policy: Policy
    /// `filter` in all that Sluice emits; anything else was made by others. A hook that ``Hook``
    /// does not know is added to it: `filter@5`.
    public var type: String

    public init(
        hook: Hook, priority: Int32 = 0, policy: Policy = .accept, type: String = "filter"
    ) {
        self.hook = hook
        self.priority = priority
        self.policy = policy
        self.type = type
    }

    public enum Policy: String, Hashable, Sendable {
        case accept
        case drop
    }
}

/// A point on a packet's way through the stack (`enum nf_inet_hooks`).
public enum Hook: UInt32, Hashable, Sendable, CaseIterable {
    case prerouting = 0
    case input = 1
    case forward = 2
    case output = 3
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
