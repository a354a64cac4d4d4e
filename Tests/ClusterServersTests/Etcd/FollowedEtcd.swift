// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import ClusterTestKit
import Foundation
import PolicyModel

@testable import ClusterServers

/// A source in a test, and what its updates have led to.
final class FollowedEtcd {
    let source: EtcdSource
    private var updates: AsyncStream<SourceUpdate>.Iterator
    private(set) var state = ClusterState(tiers: [])
    /// The network sets among it, by name.
    private(set) var networkSets: [String: NetworkSet] = [:]
    /// The newest update.
    private(set) var last = SourceUpdate(changes: [], isComplete: false)
    /// All updates so far, in order.
    private(set) var all: [SourceUpdate] = []

    init(_ configuration: EtcdConfiguration) throws {
        source = try EtcdSource(configuration)
        updates = source.updates.makeAsyncIterator()
    }

    deinit { source.stop() }

    /// Takes updates until a condition holds; false if it does not within half a minute.
    func until(_ condition: (FollowedEtcd) -> Bool) async -> Bool {
        let source = source
        let watchdog = Task {
            try await Task.sleep(for: .seconds(30))
            source.stop()
        }
        defer { watchdog.cancel() }
        while !condition(self) {
            guard let update = await updates.next(isolation: #isolation) else { return false }
            // That of many objects takes long, change by change.
            if update.changes.count < 1000 {
                for change in update.changes { state.apply(change) }
            }
            for case .networkSet(let id, let set) in update.changes {
                networkSets[id.name] = set
            }
            last = update
            all.append(update)
        }
        return true
    }

    /// The names of the network sets.
    var sets: [String] { networkSets.keys.sorted() }

    /// The texts of the problems.
    var problems: [String] { last.problems.map(\.text) }

    /// Whether any object was ever removed.
    var hasRemoved: Bool {
        all.flatMap(\.changes).contains { change in
            if case .networkSet(_, nil) = change { true } else { false }
        }
    }
}

extension EtcdConfiguration {
    /// Servers with the usual times, for tests in which all goes well, however slow the machine is.
    static func usual(_ endpoints: String...) -> EtcdConfiguration {
        EtcdConfiguration(endpoints: endpoints)
    }

    /// Servers with times that make tests of failures quick.
    static func quick(_ endpoints: String...) -> EtcdConfiguration {
        var configuration = EtcdConfiguration(endpoints: endpoints)
        configuration.timing.connect = .seconds(1)
        configuration.timing.answer = .seconds(2)
        configuration.timing.probe = .milliseconds(300)
        configuration.timing.stable = .milliseconds(200)
        configuration.timing.permission = .milliseconds(300)
        return configuration
    }
}

/// Writes into a real etcd.
final class EtcdWriter: Sendable {
    private let client: EtcdClient

    init(_ configuration: EtcdConfiguration) throws {
        client = try EtcdClient(configuration)
    }

    deinit { Task { [client] in await client.close() } }

    /// Reads the files of the configuration.
    func refresh() async throws { try await client.refresh() }

    /// Writes pairs, at most 100 in one revision.
    func put(_ pairs: [CalicoKeys.Pair]) async throws {
        for start in stride(from: 0, to: pairs.count, by: 100) {
            let operations = pairs[start..<min(start + 100, pairs.count)].map {
                Operation(put: Pair(key: Data($0.key.utf8), value: Data($0.value.utf8)))
            }
            try await transact(operations)
        }
    }

    /// Writes a GlobalNetworkSet of one block.
    func putSet(_ name: String, _ block: String = "10.0.0.0/8") async throws {
        try await put([Self.set(name, block)])
    }

    /// Writes whatever text under the key of a GlobalNetworkSet.
    func putText(_ name: String, _ text: String) async throws {
        try await put([
            CalicoKeys.Pair(key: CalicoKeys.key("globalnetworksets", nil, name), value: text)
        ])
    }

    func deleteSet(_ name: String) async throws {
        try await delete(CalicoKeys.key("globalnetworksets", nil, name))
    }

    func delete(_ key: String) async throws {
        try await transact([Operation(deletion: Pair(key: Data(key.utf8)))])
    }

    /// Forgets the history up to the newest revision.
    func compact() async throws {
        let range = EtcdRangeRequest(from: [1], to: "\u{2}")
        let revision = try await client.answer(
            to: "/v3/kv/range", range, "reading", as: EtcdRangeAnswer.self
        ).header.revisionNumber
        _ = try await client.answer(
            to: "/v3/kv/compaction", Compaction(revision: revision), "compacting", as: Reply.self)
    }

    static func set(_ name: String, _ block: String = "10.0.0.0/8") -> CalicoKeys.Pair {
        CalicoKeys.Pair(
            key: CalicoKeys.key("globalnetworksets", nil, name),
            value:
                #"{"kind":"GlobalNetworkSet","apiVersion":"projectcalico.org/v3","metadata":{"name":"\#(name)","uid":"2b3f6a52-06b5-4b2b-a8ee-1d2f2d3b7c55","creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"nets":["\#(block)"]}}"#
        )
    }

    private func transact(_ operations: [Operation]) async throws {
        _ = try await client.answer(
            to: "/v3/kv/txn", Transaction(success: operations), "writing", as: Reply.self)
    }

    private struct Pair: Encodable {
        var key: Data
        var value: Data?
    }

    private struct Operation: Encodable {
        var put: Pair?
        var deletion: Pair?

        enum CodingKeys: String, CodingKey {
            case put = "request_put"
            case deletion = "request_delete_range"
        }
    }

    private struct Transaction: Encodable { var success: [Operation] }

    private struct Compaction: Encodable {
        var revision: Int64
        var physical = true
    }

    private struct Reply: Decodable { var header: EtcdHeader }
}
