// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import PolicyModel
import PolicyTestKit
import Synchronization

/// Somebody who changes a cluster without pause, on a thread of his own, and keeps a record of its
/// states.
///
/// All objects stand in one file that is replaced by a rename, so that the states that a reader can
/// find follow each other in one known order: of several files, it could find the old content of
/// one and the new content of another.
public final class ManifestStorm: Sendable {
    private struct State {
        var states: [ClusterState] = []
        var isPaused = true
        var isOver = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    /// Held by the writer while it writes.
    private let writing = NSLock()
    private let ended = DispatchSemaphore(value: 0)

    /// Writes the first state, and waits to be told to go on.
    ///
    /// - Parameter longestPause: between two changes, in milliseconds.
    public init(into folder: ManifestFolder, seed: UInt64, longestPause: Int = 30) throws {
        var history = ChangeSequence(seed: seed, style: .kubernetes, worlds: .max)
        var first = history.next()!.state
        while first.policies.count < 2 || first.endpoints.count < 4 {
            first = history.next()!.state
        }
        state.withLock { $0.states = [first.asManifestsSay] }
        try folder.replace(with: first)
        let rest = history
        Thread { [self] in
            defer { ended.signal() }
            blow(into: folder, rest, SeededGenerator(seed: seed &+ 1), longestPause)
        }.start()
    }

    private func blow(
        into folder: ManifestFolder, _ history: ChangeSequence, _ random: SeededGenerator,
        _ longestPause: Int
    ) {
        var (history, random) = (history, random)
        while !state.withLock({ $0.isOver }) {
            usleep(UInt32(random.number(in: 0...longestPause) * 1_000 + 500))
            writing.lock()
            defer { writing.unlock() }
            if state.withLock({ $0.isPaused }) { continue }
            guard let batch = history.next() else { return }
            // On record before anybody can read it.
            state.withLock { $0.states.append(batch.state.asManifestsSay) }
            do { try folder.replace(with: batch.state) } catch {
                state.withLock { $0.failure = error }
                return
            }
        }
    }

    /// The states so far, in order; the last may be about to be written.
    public var states: [ClusterState] { state.withLock { $0.states } }

    /// Goes on.
    public func resume() { state.withLock { $0.isPaused = false } }

    /// Stands still.
    ///
    /// - Returns: the number of the state that the manifests say now.
    /// - Throws: if one could not be written.
    public func pause() throws -> Int {
        state.withLock { $0.isPaused = true }
        // A change that has begun is finished.
        writing.lock()
        defer { writing.unlock() }
        return try state.withLock {
            if let failure = $0.failure { throw failure }
            return $0.states.count - 1
        }
    }

    /// Ends.
    public func end() {
        state.withLock { $0.isOver = true }
        ended.wait()
    }
}
