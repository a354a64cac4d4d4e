// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import PolicyModel
import Synchronization

/// What a source has told so far.
final class ToldState: Sendable {
    struct Content {
        /// Lists in the order in which their objects came.
        var state = ClusterState(tiers: [])
        var problems: [SourceProblem] = []
        var isComplete = false
        var updates = 0
        /// Constant objects that were gone or changed at some moment after the first.
        var losses: [String] = []

        /// The objects that are in one of the states alone, as texts.
        func differences(from other: ClusterState) -> [String] {
            compare(\.namespaces, other) + compare(\.nodes, other) + compare(\.endpoints, other)
                + compare(\.tiers, other) + compare(\.policies, other)
                + compare(\.stagedPolicies, other) + compare(\.profiles, other)
                + compare(\.serviceAccounts, other) + compare(\.networkSets, other)
                + compare(\.serviceSlices, other) + compare(\.configurations, other)
        }

        private func compare<Value: Hashable>(
            _ list: KeyPath<ClusterState, [Value]>, _ other: ClusterState
        ) -> [String] {
            let (own, others) = (Set(state[keyPath: list]), Set(other[keyPath: list]))
            return own.subtracting(others).map { "unexpected: \($0)" }
                + others.subtracting(own).map { "missing: \($0)" }
        }
    }

    private let box = Mutex(Content())

    var content: Content { box.withLock { $0 } }

    /// Takes what the source tells next.
    func take(_ update: SourceUpdate) {
        box.withLock { content in
            content.updates += 1
            for change in update.changes {
                if content.isComplete, change.concerns("constant") {
                    content.losses.append("update \(content.updates): \(change)")
                }
                content.state.apply(change)
            }
            content.problems = update.problems
            if content.isComplete, !update.isComplete {
                content.losses.append("update \(content.updates): no longer complete")
            }
            content.isComplete = update.isComplete
        }
    }

    /// Waits until something holds of what was told.
    ///
    /// - Returns: whether it does at last.
    func awaits(
        within patience: Duration = .seconds(60), _ condition: (Content) -> Bool
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + patience
        while !condition(content) {
            if ContinuousClock.now > deadline { return false }
            try await Task.sleep(for: .milliseconds(200))
        }
        return true
    }
}

extension ClusterChange {
    /// Whether an object in this namespace, or the namespace itself, changes.
    fileprivate func concerns(_ namespace: String) -> Bool {
        switch self {
        case .namespace(let name, _): name == namespace
        case .endpoint(let id, _): id.namespace == namespace
        case .policy(let id, _): id.namespace == namespace
        default: false
        }
    }
}

extension ClusterState {
    /// The same state, every list in order of name.
    var inOrder: ClusterState {
        var copy = self
        copy.namespaces.sort { $0.name < $1.name }
        copy.nodes.sort { $0.name < $1.name }
        copy.endpoints.sort { $0.id < $1.id }
        copy.tiers.sort { $0.name < $1.name }
        copy.policies.sort { $0.id < $1.id }
        copy.stagedPolicies.sort { $0.id < $1.id }
        copy.profiles.sort { $0.name < $1.name }
        copy.serviceAccounts.sort { $0.id < $1.id }
        copy.networkSets.sort { $0.id < $1.id }
        copy.serviceSlices.sort { $0.id < $1.id }
        copy.configurations.sort { $0.name < $1.name }
        return copy
    }
}
