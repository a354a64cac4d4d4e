// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import Foundation
import PolicyModel
import Testing

@testable import ClusterServers

extension FollowTests {
    /// What goes wrong between a source and its server, one fault at a time.
    @Suite struct FollowFaultTests {
        private static let pods = APIFaultScope(verb: "list", resource: "pods")

        @Test(
            "A list that fails is read again",
            arguments: [
                APIFault.answer(500), .answer(503), .answer(429, retryAfter: 0), .answer(410),
                .drop,
                .hang, .cut(after: 300), .truncate(to: 300), .slow(piece: 7, milliseconds: 0),
                .item("{}"), .item(#"{"metadata":{"#),
            ])
        func lists(fault: APIFault) async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            server.faults.inject(fault, times: 2, on: Self.pods)
            var settings = FollowedServer.settings
            settings.streamsLists = false
            if fault == .hang { settings.patience = .seconds(1) }
            let followed = FollowedServer(server, settings)
            #expect(try await followed.waits { $0.isComplete && $0.problems == [] })
            #expect(followed.now.pods.count == 3)
            if case .slow = fault { return await server.stop() }
            #expect(server.faults.count == 2)
            await server.stop()
        }

        @Test("A list that fails again and again is a problem from the first time on")
        func lastingFailure() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            server.faults.inject(.item("{}"), times: 1000, on: Self.pods)
            var settings = FollowedServer.settings
            settings.streamsLists = false
            let followed = FollowedServer(server, settings)
            #expect(try await followed.waits { _ in server.requests.count("list", "pods") > 12 })
            let problems = followed.now.updates.map { $0.problems.map(\.text) }
                .drop { $0.isEmpty }
            #expect(Set(problems).count == 1, "\(problems)")
            #expect(problems.first?.first?.contains("does not say what it is called") == true)
            server.faults.clear()
            #expect(try await followed.waits { $0.isComplete && $0.problems == [] })
            await server.stop()
        }

        @Test("An item that is no JSON is a problem of its own")
        func brokenItem() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            server.faults.inject(
                .item(#"{"metadata":{"namespace":"shop","name":"strange"},"spec":{"a" 1}}"#),
                on: Self.pods)
            var settings = FollowedServer.settings
            settings.streamsLists = false
            let followed = FollowedServer(server, settings)
            #expect(try await followed.waits { $0.isComplete })
            #expect(followed.now.problems.map { $0.hasPrefix("pods/shop/strange:") } == [true])
            // The next list knows nothing of it.
            #expect(try await server.awaitWatches(1, "pods"))
            server.compact()
            server.disturb(.expire)
            #expect(try await followed.waits { $0.problems == [] && $0.pods.count == 3 })
            await server.stop()
        }

        @Test(
            "A watch that ends in whatever way is taken up again, and nothing is missed",
            arguments: [
                WatchDisturbance.end, .close, .cut, .freeze, .expire, .replay(5),
                .send(#"{"type":"ADDED""#), .send("{}"), .send(#"{"type":"ADDED","object":{}}"#),
                .send(
                    #"{"type":"ERROR","object":{"kind":"Status","code":500,"message":"etcd is away"}}"#
                ),
                .send(
                    #"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}"#),
            ])
        func watches(disturbance: WatchDisturbance) async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            let followed = FollowedServer(server)
            #expect(try await followed.waits { $0.isComplete })
            let known = followed.now.updates.count
            #expect(try await server.awaitWatches(10))
            server.disturb(disturbance)
            try server.put(Objects.pod("pod-9", "10.0.9.9"))
            server.delete("pods", namespace: "shop", name: "pod-0")
            #expect(try await followed.waits { $0.pods == ["pod-1", "pod-2", "pod-9"] })
            #expect(try await followed.isEqual(to: server))
            #expect(try await followed.waits { $0.problems == [] })
            // What the server still has was never gone.
            for update in followed.now.updates.dropFirst(known) {
                for case .endpoint(let id, nil) in update.changes { #expect(id.name == "pod-0") }
                for case .policy(_, nil) in update.changes { Issue.record("a policy was gone") }
                for case .namespace(_, nil) in update.changes {
                    Issue.record("a namespace was gone")
                }
            }
            await server.stop()
        }

        @Test(
            "S96: history that is gone is made up for by a list, in one update",
            arguments: [true, false])
        func compaction(isStatus: Bool) async throws {
            let server = try await APIServer.start()
            server.behave { $0.refusesOldWatches = isStatus }
            try Objects.fill(server, pods: 20)
            let followed = FollowedServer(server)
            #expect(try await followed.waits { $0.isComplete })
            #expect(try await server.awaitWatches(10))
            try await server.pause()
            for index in 0..<10 {
                server.delete("pods", namespace: "shop", name: "pod-\(index)")
                try server.put(Objects.pod("new-\(index)", "10.1.0.\(index + 1)"))
            }
            server.compact()
            try await server.resume()
            #expect(
                try await followed.waits { $0.pods.count == 20 && $0.pods.first == "new-0" })
            #expect(try await followed.isEqual(to: server))
            for update in followed.now.updates {
                for case .endpoint(let id, nil) in update.changes {
                    #expect(Int(id.name.dropFirst(4)).map { $0 < 10 } == true)
                }
            }
            await server.stop()
        }

        @Test("S96: what was known stays while the server is away, and a problem says since when")
        func away() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            let followed = FollowedServer(server)
            #expect(try await followed.waits { $0.isComplete })
            try await server.pause()
            #expect(try await followed.waits { $0.problems.count == 1 })
            let known = KubernetesResource.all.count
            #expect(
                try await followed.waits {
                    $0.problems.first?.hasPrefix("\(server.url): Connection refused (since 2")
                        == true
                        && $0.problems.first?.contains(
                            "and \(known - 2) more kinds as they were last")
                            == true
                }, "\(followed.now.problems)")
            #expect(followed.now.pods.count == 3 && followed.now.isComplete)
            try server.put(Objects.pod("pod-9", "10.0.9.9"))
            try await server.resume()
            #expect(try await followed.waits { $0.problems == [] && $0.pods.count == 4 })
            #expect(try await followed.isEqual(to: server))
            await server.stop()
        }

        @Test("A server that is away at first is waited for")
        func lateServer() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            try await server.pause()
            let followed = FollowedServer(server)
            #expect(try await followed.waits { !$0.problems.isEmpty })
            #expect(!followed.now.isComplete)
            #expect(followed.now.problems.first?.contains("never listed") == true)
            try await server.resume()
            #expect(try await followed.waits { $0.isComplete && $0.problems == [] })
            await server.stop()
        }

        @Test(
            "A kind that may not be listed keeps the rest from counting, and says what is lacking")
        func forbidden() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            server.access.refuse(nil, "tiers.crd.projectcalico.org")
            let followed = FollowedServer(server)
            #expect(try await followed.waits { $0.problems.count == 1 })
            let problem = followed.now.problems[0]
            #expect(problem.hasPrefix("tiers.crd.projectcalico.org: "))
            #expect(
                problem.contains(
                    #"the rule {apiGroups: ["crd.projectcalico.org"], resources: ["tiers"], verbs: "#
                        + #"["get", "list", "watch"]} (since 2"#), "\(problem)")
            #expect(problem.contains("never listed"))
            #expect(!followed.now.isComplete)
            server.access.allowAll()
            #expect(try await followed.waits { $0.isComplete && $0.problems == [] })
            await server.stop()
        }

        @Test("A token that is accepted no longer is read again from its file")
        func rotation() async throws {
            let folder = try TemporaryFolder()
            try folder.write("token", "one")
            let server = try await APIServer.start()
            server.access.accept(token: "one")
            try Objects.fill(server)
            var configuration = FollowedServer.configuration(server)
            configuration.user.tokenFile = folder["token"]
            let followed = FollowedServer(configuration)
            #expect(try await followed.waits { $0.isComplete })
            server.access.accept(token: "two")
            server.access.revoke(token: "one")
            try folder.write("token", "two")
            server.disturb(.end)
            try server.put(Objects.pod("pod-9", "10.0.9.9"))
            #expect(try await followed.waits { $0.pods.count == 4 })
            #expect(followed.now.problems == [])
            server.access.revoke(token: "two")
            server.disturb(.end)
            #expect(
                try await followed.waits {
                    $0.problems.contains { $0.contains("401") && $0.contains("renew") }
                })
            #expect(followed.now.pods.count == 4)
            await server.stop()
        }

        @Test(
            "A server whose clock is an hour ahead, and one that says everything twice, are followed"
        )
        func skewAndRepetition() async throws {
            let server = try await APIServer.start()
            server.behave {
                $0.clockSkew = 3600
                $0.repeatsEvents = true
                $0.bookmarkInterval = 20
            }
            try Objects.fill(server)
            let followed = FollowedServer(server)
            #expect(try await followed.waits { $0.isComplete })
            for index in 0..<30 {
                try server.put(Objects.pod("pod-\(index)", "10.2.0.\(index + 1)", app: "new"))
            }
            #expect(try await followed.waits { $0.pods.count == 30 })
            #expect(try await followed.isEqual(to: server))
            #expect(followed.now.problems == [])
            await server.stop()
        }
    }
}
