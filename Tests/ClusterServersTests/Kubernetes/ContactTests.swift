// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import Foundation
import Testing

@testable import ClusterServers

extension FollowTests {
    /// What is told of how long a server has said nothing.
    @Suite struct ContactTests {
        /// Waits until something holds of what the source says of its kinds.
        private func waits(
            _ followed: FollowedServer, until isWanted: ([KindContact]) -> Bool
        ) async throws -> Bool {
            let deadline = ContinuousClock.now + .seconds(20)
            while await !isWanted(followed.source.contacts()) {
                if ContinuousClock.now > deadline { return false }
                try await Task.sleep(for: .milliseconds(10))
            }
            return true
        }

        @Test("S98: while the server is away every kind is stale, and grows old; then none is")
        func away() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            let followed = FollowedServer(server)
            #expect(try await followed.waits { $0.isComplete })
            #expect(await followed.source.contacts().allSatisfy { !$0.isStale && $0.isListed })

            try await server.pause()
            #expect(try await waits(followed) { $0.allSatisfy(\.isStale) })
            let before = await followed.source.contacts()
            try await Task.sleep(for: .milliseconds(500))
            let after = await followed.source.contacts()
            for (before, after) in zip(before, after) {
                let (age, later) = (try #require(before.age), try #require(after.age))
                #expect(later >= age + .milliseconds(500), "\(after.resource)")
                #expect(after.isListed && after.objectCount == before.objectCount)
            }
            let pods = try #require(after.first { $0.resource == "pods" })
            #expect(pods.problem == "\(server.url): Connection refused")
            #expect(pods.objectCount == 3)

            try await server.resume()
            #expect(try await waits(followed) { $0.allSatisfy { !$0.isStale } })
            let back = await followed.source.contacts()
            #expect(back.allSatisfy { $0.problem == nil && $0.age ?? .seconds(60) < .seconds(10) })
            await server.stop()
        }

        @Test("S98: a kind that may not be listed is stale by itself, and was never heard of")
        func forbidden() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            server.access.refuse("list", "nodes")
            server.access.refuse("watch", "nodes")
            let followed = FollowedServer(server)
            #expect(
                try await waits(followed) { contacts in
                    contacts.filter(\.isStale).map(\.resource) == ["nodes"]
                        && contacts.allSatisfy { $0.isListed != ($0.resource == "nodes") }
                })
            let contacts = await followed.source.contacts()
            let nodes = try #require(contacts.first { $0.resource == "nodes" })
            #expect(nodes.age == nil && nodes.problem != nil)
            server.access.allowAll()
            #expect(try await waits(followed) { $0.allSatisfy { !$0.isStale && $0.isListed } })
            await server.stop()
        }

        @Test("S98: a server whose connections fall silent is noticed by its silence")
        func silent() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            var settings = FollowedServer.settings
            settings.silence = .seconds(2)
            settings.patience = .seconds(1)
            let followed = FollowedServer(server, settings)
            #expect(try await followed.waits { $0.isComplete })
            server.behave { $0.ignoresConnections = true }
            server.disturb(.freeze)
            #expect(try await waits(followed) { $0.allSatisfy(\.isStale) })
            server.behave { $0.ignoresConnections = false }
            #expect(try await waits(followed) { $0.allSatisfy { !$0.isStale } })
            await server.stop()
        }

        @Test("A server that goes away is told a few times at most, however many its kinds are")
        func toldOnce() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            let followed = FollowedServer(server)
            #expect(try await followed.waits { $0.isComplete })
            let before = followed.now.updates.count
            let began = ContinuousClock.now
            try await server.pause()
            #expect(try await waits(followed) { $0.allSatisfy(\.isStale) })
            let told = followed.now.updates.count - before
            let limit = Int((ContinuousClock.now - began) / .milliseconds(250)) + 2
            #expect(limit >= told, "in \(ContinuousClock.now - began)")
            #expect(
                try await followed.waits {
                    $0.problems.count == 1
                        && $0.problems.allSatisfy { $0.contains("20 more kinds") }
                })
            await server.stop()
        }

        @Test("A kind that the server does not serve is heard of all the same")
        func missing() async throws {
            let server = try await APIServer.start(resources: [])
            let followed = FollowedServer(server)
            #expect(try await followed.waits { $0.isComplete })
            let contacts = await followed.source.contacts()
            let tiers = try #require(contacts.first { $0.resource.hasPrefix("tiers.") })
            #expect(tiers.isMissing && !tiers.isStale && tiers.age != nil)
            await server.stop()
        }
    }
}
