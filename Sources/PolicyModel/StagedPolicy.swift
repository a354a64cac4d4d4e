// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A policy that is tried out: it is never enforced, and shows what enforcing it would change (S61).
public struct StagedPolicy: Hashable, Sendable {
    /// The staged object's own kind, namespace and name.
    public var id: PolicyID
    /// What enforcing it would do.
    public var action: Action

    /// What enforcing a staged policy would do (`spec.stagedAction`).
    public enum Action: Hashable, Sendable {
        /// This policy comes in, in place of the one of its identifier, if there is one.
        case set(Policy)
        /// The policy of this identifier goes.
        case delete(PolicyID)
        /// Nothing: the object only records (`Learn`) or is switched off (`Ignore`).
        case none
    }

    /// A staged policy.
    public init(id: PolicyID, action: Action) {
        self.id = id
        self.action = action
    }
}

extension ClusterState {
    /// The state as if every staged policy were enforced; none is staged in it any more.
    public var withStagedEnforced: ClusterState {
        var state = self
        state.stagedPolicies = []
        for staged in stagedPolicies.sorted(by: { $0.id < $1.id }) {
            switch staged.action {
            case .set(let policy): state.apply(.policy(policy.id, policy))
            case .delete(let id): state.apply(.policy(id, nil))
            case .none: break
            }
        }
        return state
    }
}
