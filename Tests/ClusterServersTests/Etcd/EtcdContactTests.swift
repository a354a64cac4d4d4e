// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import Foundation
import Testing

@testable import ClusterServers

@Suite(
    .enabled(if: EtcdServer.isInstalled, "\(EtcdServer.missing)"), .serialized,
    .timeLimit(.minutes(2)))
struct EtcdContactTests {
    /// Waits until something holds of what the source says of its kinds.
    private func waits(
        _ source: EtcdSource, until isWanted: ([KindContact]) -> Bool
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(30)
        while await !isWanted(source.contacts()) {
            if ContinuousClock.now > deadline { return false }
            try await Task.sleep(for: .milliseconds(10))
        }
        return true
    }

    @Test("S98: while etcd is away every kind is stale, and grows old; then none is")
    func away() async throws {
        let server = try EtcdServer()
        try await server.start()
        let writer = try EtcdWriter(.usual(server.endpoint))
        try await writer.putSet("a")
        let followed = try FollowedEtcd(.quick(server.endpoint))
        #expect(await followed.until { $0.last.isComplete })
        let fresh = await followed.source.contacts()
        #expect(fresh.map(\.resource) == CalicoResource.all.map(\.plural).sorted())
        #expect(fresh.allSatisfy { $0.isListed && !$0.isStale && $0.age != nil })
        #expect(fresh.first { $0.resource == "globalnetworksets" }?.objectCount == 1)

        try await server.stop()
        #expect(try await waits(followed.source) { $0.allSatisfy(\.isStale) })
        let before = await followed.source.contacts()
        #expect(before.allSatisfy { $0.problem?.hasPrefix("\(server.endpoint): ") == true })
        try await Task.sleep(for: .milliseconds(500))
        let after = await followed.source.contacts()
        for (before, after) in zip(before, after) {
            let (age, later) = (try #require(before.age), try #require(after.age))
            #expect(later >= age + .milliseconds(500))
        }

        try await server.start()
        #expect(try await waits(followed.source) { $0.allSatisfy { !$0.isStale } })
        #expect(await followed.source.contacts().allSatisfy { $0.isListed })
    }

    @Test("What nobody changes is heard of with every answer of the server")
    func quiet() async throws {
        let server = try EtcdServer()
        try await server.start()
        var configuration = EtcdConfiguration.quick(server.endpoint)
        configuration.timing.answer = .seconds(10)
        let followed = try FollowedEtcd(configuration)
        #expect(await followed.until { $0.last.isComplete })
        let began = ContinuousClock.now
        // A contact that is later than this cannot be one of the reading.
        try await Task.sleep(for: .seconds(1))
        #expect(
            try await waits(followed.source) { contacts in
                let limit = ContinuousClock.now - began - .milliseconds(500)
                return contacts.allSatisfy { $0.age ?? .seconds(60) < limit }
            })
    }
}
