// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import ClusterTestKit
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import Testing

@testable import ClusterServers

@Suite(
    .enabled(if: EtcdServer.isInstalled, "\(EtcdServer.missing)"), .serialized,
    .timeLimit(.minutes(4)))
struct EtcdWorldTests {
    @Test(
        "Worlds read from etcd are those that the same manifests describe, and so is what follows")
    func worlds() async throws {
        let server = try EtcdServer()
        try await server.start()
        let configuration = EtcdConfiguration.usual(server.endpoint)
        let writer = try EtcdWriter(configuration)
        var followed: FollowedEtcd?
        var known: Set<String> = []
        for seed in UInt64(1)...30 {
            let generator = WorldGenerator(
                seed: seed, size: Int(seed % 4) * 4 + 3, style: .calico)
            let keys = try CalicoKeys(
                WorldManifests(generator.world().withHosts(seed: seed), seed: seed).json)
            let names = Set(keys.pairs.map(\.key))
            for gone in known.subtracting(names) { try await writer.delete(gone) }
            try await writer.put(keys.pairs)
            known = names

            var store = ManifestStore()
            _ = store.update(
                file: "list", with: Source(name: "list", text: keys.manifests))
            #expect(store.problems.isEmpty, "seed \(seed)")
            let read = try await EtcdSource.read(configuration)
            #expect(read.problems.isEmpty, "seed \(seed)")
            #expect(read.state == store.state, "seed \(seed)")

            let source = try followed ?? FollowedEtcd(configuration)
            followed = source
            let expected = store.state
            let isThere = await source.until { $0.state.changes(to: expected).isEmpty }
            #expect(isThere, "seed \(seed): \(source.state.changes(to: expected))")
            #expect(source.problems == [], "seed \(seed)")
        }
    }
}
