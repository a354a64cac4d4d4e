// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import ClusterTestKit
import Foundation
import Testing

@testable import ClusterServers

extension FollowTests {
    @Suite struct EventRecorderTests {
        private static let problem = SourceProblem(
            path: "networkpolicies/shop/allow", text: "spec.ingress[0]: is wrong")

        private func update(_ problems: [SourceProblem], _ warnings: [SourceProblem] = [])
            -> SourceUpdate
        {
            SourceUpdate(changes: [], problems: problems, warnings: warnings, isComplete: true)
        }

        private func events(_ server: APIServer) throws -> [JSONTree] {
            let list = try JSONTree(parsing: server.everything)
            return list["items"]?.elements.filter { $0["kind"]?.string == "Event" } ?? []
        }

        @Test("A problem of a policy is said once, and counted when it comes back")
        func once() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            let configuration = FollowedServer.configuration(server)
            let recorders = ["node-a", "node-b"].map {
                EventRecorder(configuration, host: $0, logger: FollowedServer.logger)
            }
            for recorder in recorders {
                await recorder.record(update([Self.problem]))
                await recorder.record(update([Self.problem]))
                await recorder.flush()
            }
            let event = try #require(try events(server).first)
            #expect(try events(server).count == 1)
            let object = try #require(event["involvedObject"])
            #expect(object["kind"]?.string == "NetworkPolicy")
            #expect(object["apiVersion"]?.string == "networking.k8s.io/v1")
            #expect(object["name"]?.string == "allow")
            let policy = server.object(
                "networkpolicies.networking.k8s.io", namespace: "shop", name: "allow")
            #expect(object["uid"]?.string == policy?["metadata"]?["uid"]?.string)
            #expect(event["reason"]?.string == "PolicyNotEnforced")
            #expect(event["message"]?.string == Self.problem.text)
            #expect(event["count"]?.json == "1")

            await recorders[0].record(update([]))
            await recorders[0].record(update([Self.problem]))
            await recorders[0].flush()
            #expect(try events(server).map { $0["count"]?.json } == ["2"])
            for recorder in recorders { await recorder.stop() }
            await server.stop()
        }

        @Test("Nothing is said of pods and servers, nothing without being asked, and not too much")
        func restraint() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            let configuration = FollowedServer.configuration(server)
            let silent = EventRecorder(
                configuration, host: "n", isOn: false, logger: FollowedServer.logger)
            await silent.record(update([Self.problem]))
            await silent.flush()
            await silent.stop()
            let recorder = EventRecorder(configuration, host: "n", logger: FollowedServer.logger)
            await recorder.record(
                update([
                    SourceProblem(path: server.url, text: "away"),
                    SourceProblem(path: "pods/shop/web", text: "bad"),
                ]))
            await recorder.flush()
            #expect(try events(server).isEmpty)
            let many = (0..<200).map {
                SourceProblem(path: "networkpolicies/shop/p\($0)", text: "bad")
            }
            await recorder.record(update([], many))
            await recorder.flush()
            #expect((20...30).contains(try events(server).count))
            #expect(try events(server).allSatisfy { $0["reason"]?.string == "PolicyDoubtful" })
            await recorder.stop()
            await server.stop()
        }

        @Test("What cannot be written disturbs nothing")
        func refusal() async throws {
            let server = try await APIServer.start()
            try Objects.fill(server)
            server.access.refuse("create", "events")
            let recorder = EventRecorder(
                FollowedServer.configuration(server), host: "n", logger: FollowedServer.logger)
            await recorder.record(update([Self.problem]))
            await recorder.flush()
            #expect(try events(server).isEmpty)
            await server.stop()
            await recorder.record(update([]))
            await recorder.record(update([Self.problem]))
            await recorder.flush()
            await recorder.stop()
        }
    }
}
