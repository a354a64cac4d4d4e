// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import PolicyModel

/// Follows the objects that Calico keeps in an etcd of its own, and says what changes.
///
/// ```swift
/// let source = try EtcdSource(EtcdConfiguration(endpoints: ["http://127.0.0.1:2379"]))
/// for await update in source.updates { … }
/// ```
///
/// Everything is read at one revision and watched from the next. Where the watch ends (the
/// server goes, its connection is dead, it has no leader any longer) the next member has its turn, and
/// what was read last stays until there is something newer. Where the history that is missing is
/// compacted, or the cluster is another one, everything is read anew and takes effect as one update.
///
/// It is etcd's HTTP interface that is asked, which every server from 3.4 on has.
public final class EtcdSource: Sendable {
    /// The first update comes when everything has been read, or when that fails; further ones when
    /// something has changed. It is for one consumer, and ends with ``stop()``. When the consumer ends
    /// or is cancelled, the source stops.
    public let updates: AsyncStream<SourceUpdate>
    private let follower: EtcdFollower
    private let task: Task<Void, Never>

    /// Starts to read and follow.
    ///
    /// - Throws: ``EtcdError`` for options that cannot be right. What is wrong with files and servers is
    ///   told by ``updates``, and tried again.
    public init(_ configuration: EtcdConfiguration) throws(EtcdError) {
        let client = try EtcdClient(configuration)
        let (stream, continuation) = AsyncStream<SourceUpdate>.makeStream()
        updates = stream
        let follower = EtcdFollower(client, configuration.timing) { continuation.yield($0) }
        self.follower = follower
        let task = Task {
            await follower.run()
            continuation.finish()
        }
        self.task = task
        continuation.onTermination = { _ in task.cancel() }
    }

    /// Ends ``updates``.
    public func stop() { task.cancel() }

    /// When the cluster last said anything about each kind, in order of name.
    public func contacts() async -> [KindContact] { await follower.contacts }

    /// All of Calico's objects, as they are now.
    public struct Snapshot: Sendable {
        /// The objects, every list in order of name.
        public var state: ClusterState
        /// What is wrong with objects; they are not in the state.
        public var problems: [SourceProblem]
        /// Warnings about objects, which are in the state.
        public var warnings: [SourceProblem]
    }

    /// Reads everything once.
    ///
    /// - Throws: ``EtcdError``: options or files that are wrong, no member that answers, or a kind that the
    ///   user may not read.
    public static func read(_ configuration: EtcdConfiguration) async throws -> Snapshot {
        let client = try EtcdClient(configuration)
        do {
            let snapshot = try await snapshot(client, configuration.timing)
            await client.close()
            return snapshot
        } catch {
            await client.close()
            throw error
        }
    }

    private static func snapshot(
        _ client: EtcdClient, _ timing: EtcdTiming
    ) async throws -> Snapshot {
        try await client.refresh()
        var failure: any Error = EtcdError(.failure, "reading", "no endpoint is named")
        for _ in 0..<client.endpointCount {
            do {
                var reading = try await EtcdReading.everything(
                    from: client, into: ObjectStore(), timing)
                if let denied = CalicoResource.all.lazy.compactMap({ reading.denied[$0] }).first {
                    throw denied
                }
                let update = reading.store.settle(isComplete: true)
                return Snapshot(
                    state: reading.store.state, problems: update?.problems ?? [],
                    warnings: update?.warnings ?? [])
            } catch {
                failure = error
                await client.advance()
            }
        }
        throw failure
    }
}
