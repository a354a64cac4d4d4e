// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyModel
import PolicyVerification

/// Proves, beside the agent's loop, that the kernel does what the policies say.
///
/// It is told in order what the agent has done, and what stands in the kernel when everything has
/// to be compared anew; it never makes the agent wait.
public actor Prover {
    /// What it is told.
    public enum News: Sendable {
        /// The cluster has changed, and the ruleset by these elements only; nil where it has changed
        /// by more, or it is not known by what.
        case change([ClusterChange], elements: [TableChange.ElementChange]?)
        /// This stands in the kernel after all that was told.
        case table(ObservedTable?)
    }

    private let verification: LiveVerification
    private let news: AsyncStream<News>
    private let continuation: AsyncStream<News>.Continuation
    private let clock = ContinuousClock()

    /// Nothing is known yet.
    public init(node: String) {
        verification = LiveVerification(localNode: node)
        (news, continuation) = AsyncStream.makeStream()
    }

    /// Says what has happened; returns at once.
    public nonisolated func tell(_ news: News) { continuation.yield(news) }

    /// Works until the task is cancelled.
    ///
    /// - Parameter report: gets what came of each piece of news.
    public func run(_ report: @Sendable (ProofResult) -> Void) async {
        for await news in news { report(examine(news)) }
    }

    private func examine(_ news: News) -> ProofResult {
        let start = clock.now
        switch news {
        case .change(let changes, let elements):
            let holds = verification.apply(changes, elements)
            return ProofResult(
                outcome: holds ? .proved : nil, scope: .change, duration: clock.now - start)
        case .table(let observed):
            let report = verification.verify(observed)
            return ProofResult(report, duration: clock.now - start)
        }
    }
}
