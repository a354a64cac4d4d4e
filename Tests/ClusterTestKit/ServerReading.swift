// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import PolicyDocuments
import PolicyModel
import PolicyTestKit

extension APIServer {
    /// What stands on the server, read object by object without any connection, and what is wrong with
    /// it.
    public func readFromScratch() -> (state: ClusterState, problems: [SourceProblem]) {
        var store = ObjectStore()
        for item in (try? JSONTree(parsing: everything))?["items"]?.elements ?? [] {
            let type = TypeName(
                apiVersion: item["apiVersion"]?.string ?? "", kind: item["kind"]?.string ?? "")
            let place = ObjectPlace(
                resource: "\(type.kind).\(type.apiVersion)",
                namespace: item["metadata"]?["namespace"]?.string,
                name: item["metadata"]?["name"]?.string ?? "")
            store.put(Array(item.json.utf8), as: type, at: place)
        }
        let update = store.settle(isComplete: true)
        return (store.state, update?.problems ?? [])
    }
}

extension Mischief {
    /// Changes the cluster at random, many times, with mischief between the changes.
    ///
    /// - Parameters:
    ///   - changes: after how many revisions it is enough.
    ///   - kept: a namespace that nobody touches.
    public mutating func storm(seed: UInt64, changes: UInt64, keeping kept: String) async throws {
        var random = SeededGenerator(seed: seed)
        var history = ChangeSequence(seed: seed, style: .calico, worlds: .max)
        let start = server.revision
        while server.revision < start + changes, let batch = history.next() {
            let manifests = WorldManifests(batch.state, seed: seed, form: .stored)
            try server.replaceAll(with: manifests.json, keeping: kept)
            if random.chance(70) { _ = try await act() }
            try await Task.sleep(for: .milliseconds(random.number(in: 0...30)))
        }
    }
}
