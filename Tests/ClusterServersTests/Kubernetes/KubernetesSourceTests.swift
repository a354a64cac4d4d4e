// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import Foundation
import PolicyModel
import Testing

@testable import ClusterServers

extension FollowTests {
    @Suite struct KubernetesSourceTests {
        @Test("Everything is listed, and then followed change by change")
        func following() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            let followed = FollowedServer(server)
            #expect(try await followed.waits { $0.isComplete })
            #expect(followed.now.pods == ["pod-0", "pod-1", "pod-2"])
            #expect(followed.now.policies == ["allow"])
            #expect(followed.now.state.tiers.contains { $0.name == "front" })
            #expect(followed.now.problems == [])
            #expect(followed.now.updates.last?.objectCount["Pod"] == 3)

            try server.put(Objects.pod("pod-9", "10.0.9.9"))
            try server.put(Objects.policy("deny", block: "198.51.100.0/24"))
            server.delete("pods", namespace: "shop", name: "pod-1")
            #expect(
                try await followed.waits {
                    $0.pods == ["pod-0", "pod-2", "pod-9"] && $0.policies == ["allow", "deny"]
                })
            #expect(try await followed.isEqual(to: server))
            let contacts = await followed.source.contacts()
            #expect(contacts.count == KubernetesResource.all.count)
            let pods = try #require(contacts.first { $0.resource == "pods" })
            #expect(pods.isListed && !pods.isMissing && pods.objectCount == 3)
            #expect(try #require(pods.age) < .seconds(10))
            await server.stop()
        }

        @Test(
            "Servers that do not stream lists are listed in pages",
            arguments: APIBehaviour.StreamingLists.allCases)
        func streaming(mode: APIBehaviour.StreamingLists) async throws {
            let server = try await APIServer.start()
            server.behave { $0.streamingLists = mode }
            try Objects.fill(server, pods: 12)
            var settings = FollowedServer.settings
            settings.pageSize = 5
            let followed = FollowedServer(server, settings)
            #expect(try await followed.waits { $0.isComplete })
            #expect(followed.now.pods.count == 12)
            #expect(followed.now.problems == [])
            #expect(server.requests.count("list", "pods") == (mode == .served ? 0 : 3))
            try server.put(Objects.pod("late", "10.0.9.9"))
            #expect(try await followed.waits { $0.pods.contains("late") })
            // What was refused once is not asked for again.
            let refused = server.requests.all.count { $0.query["sendInitialEvents"] != nil }
            server.compact()
            server.disturb(.expire)
            #expect(
                try await followed.waits { _ in
                    mode == .served || server.requests.count("list", "pods") >= 6
                })
            #expect(try await followed.isEqual(to: server))
            if mode != .served {
                #expect(
                    server.requests.all.count { $0.query["sendInitialEvents"] != nil } == refused)
            }
            await server.stop()
        }

        @Test("A list whose pages the server cannot go on with is read from its beginning")
        func expiredPages() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server, pods: 12)
            var settings = FollowedServer.settings
            settings.pageSize = 5
            settings.streamsLists = false
            server.faults.inject(.answer(410), times: 2, on: .init(verb: "list", resource: "pods"))
            let followed = FollowedServer(server, settings)
            #expect(try await followed.waits { $0.isComplete })
            #expect(followed.now.pods.count == 12)
            #expect(server.requests.count("list", "pods") == 5)
            // A server that never can is asked for everything at once.
            server.faults.inject(.answer(410), times: 3, on: .init(verb: "list", resource: "pods"))
            let reading = try await KubernetesSource.read(
                FollowedServer.configuration(server), settings: settings,
                logger: FollowedServer.logger)
            #expect(reading.state.endpoints.count == 12)
            #expect(
                server.requests.all.last { $0.resource == "pods" && $0.verb == "list" }?
                    .query["limit"] == nil)
            await server.stop()
        }

        @Test("S96: kinds that are not installed are a warning, and come and go as they do")
        func missingKinds() async throws {
            let calico = [APIResource].calico
            let tiers = try #require(calico.first { $0.name == "tiers.crd.projectcalico.org" })
            let server = try await APIServer.start(resources: calico.filter { $0 != tiers })
            try Objects.fill(server, tier: false)
            let followed = FollowedServer(server)
            #expect(try await followed.waits { $0.isComplete })
            #expect(
                followed.now.warnings == [
                    "crd.projectcalico.org: tiers not installed, and so taken as having no objects; "
                        + "install the CustomResourceDefinitions, they are looked for again and again"
                ])
            #expect(followed.now.problems == [])
            server.install(tiers)
            try server.put(Objects.tier("front"))
            #expect(
                try await followed.waits { $0.state.tiers.contains { $0.name == "front" } })
            #expect(followed.now.pods.count == 3)
            server.remove(tiers)
            #expect(
                try await followed.waits { !$0.state.tiers.contains { $0.name == "front" } })
            #expect(followed.now.pods.count == 3)
            await server.stop()
        }

        @Test("Objects that two groups serve are read from where they are stored")
        func twoGroups() async throws {
            let offered = ["Tier", "GlobalNetworkPolicy", "NetworkPolicy"].map {
                APIResource(
                    group: "projectcalico.org", version: "v3", kind: $0,
                    isNamespaced: $0 == "NetworkPolicy", isCustom: true)
            }
            let tier = Objects.tier("front")
            let other = Objects.tier("other").replacing(
                "crd.projectcalico.org/v1", with: "projectcalico.org/v3")
            for isStored in [true, false] {
                let server = try await APIServer.start(
                    resources: offered + (isStored ? [APIResource].calico : []))
                if isStored { try server.put(tier) }
                try server.put(other)
                let followed = FollowedServer(server)
                #expect(try await followed.waits { $0.isComplete })
                let tiers = followed.now.state.tiers.map(\.name)
                #expect(tiers.contains("front") == isStored)
                #expect(tiers.contains("other") == !isStored)
                #expect(
                    server.requests.count("watch", "tiers.projectcalico.org") == (isStored ? 0 : 1))
                await server.stop()
            }
        }

        @Test("Without Calico nothing is amiss")
        func withoutCalico() async throws {
            let server = try await APIServer.start(resources: [])
            try Objects.fill(server, tier: false)
            let followed = FollowedServer(server)
            #expect(try await followed.waits { $0.isComplete })
            #expect(followed.now.warnings == [] && followed.now.problems == [])
            await server.stop()
        }

        @Test("S96: an object that cannot be read is a problem of its own, and keeps what it said")
        func badObject() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            let followed = FollowedServer(server)
            #expect(try await followed.waits { $0.isComplete })
            try server.put(Objects.policy("allow", block: "192.0.2.0/33"))
            try server.put(Objects.pod("pod-9", "10.0.9.9"))
            #expect(
                try await followed.waits { $0.pods.contains("pod-9") && $0.problems.count == 1 })
            #expect(
                followed.now.problems[0].hasPrefix(
                    "networkpolicies/shop/allow:1 (document 1): NetworkPolicy shop/"))
            #expect(followed.now.policies == ["allow"])
            try server.put(Objects.policy("allow", block: "192.0.2.0/32"))
            #expect(try await followed.waits { $0.problems == [] })
            #expect(try await followed.isEqual(to: server))
            await server.stop()
        }

        @Test(
            "What one command reads is what a follower knows, and what it cannot read is an error")
        func reading() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            try server.put(Objects.policy("bad", block: "x"))
            let configuration = FollowedServer.configuration(server)
            let reading = try await KubernetesSource.read(
                configuration, settings: FollowedServer.settings, logger: FollowedServer.logger)
            #expect(reading.state.endpoints.count == 3)
            #expect(reading.problems.map(\.path) == ["networkpolicies/shop/bad"])
            server.access.refuse("list", "networkpolicies.networking.k8s.io")
            let error = await #expect(throws: KubernetesError.self) {
                try await KubernetesSource.read(configuration, logger: FollowedServer.logger)
            }
            #expect(error?.reason == .forbidden)
            await server.stop()
            let gone = await #expect(throws: KubernetesError.self) {
                try await KubernetesSource.read(configuration, logger: FollowedServer.logger)
            }
            #expect(gone?.cause == "\(server.url): Connection refused")
        }
    }
}
