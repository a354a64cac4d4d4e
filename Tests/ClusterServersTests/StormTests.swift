// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterServers
import ClusterSources
import ClusterTestKit
import Foundation
import Logging
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import Synchronization
import Testing

/// Thousands of changes at a server with which everything goes wrong: what a source has told at the end
/// is what the server has, and nothing was ever lost on the way.
@Suite("A storm at the API server", .serialized)
struct StormTests {
    /// What stands in the cluster from the first moment to the last.
    private static let constant = [
        #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"constant"}}"#,
        #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"constant"},"#
            + #""spec":{"nodeName":"node-a"},"#
            + #""status":{"phase":"Running","podIPs":[{"ip":"192.0.2.77"}]}}"#,
        #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","#
            + #""metadata":{"name":"closed","namespace":"constant"},"#
            + #""spec":{"podSelector":{},"policyTypes":["Ingress"]}}"#,
    ]

    @Test("the state that is told equals one read from scratch", arguments: [true, false])
    func storm(isSecured: Bool) async throws {
        let seed: UInt64 = isSecured ? 1 : 2
        let certificates = isSecured ? try TestCertificates() : nil
        let server = try await APIServer.start(tls: certificates)
        for object in Self.constant { try server.put(object) }
        let tokenFile = certificates.map { "\($0.folder)/token" }
        var mischief = try Mischief(for: server, seed: seed, tokenFile: tokenFile)
        let source = KubernetesSource(
            Self.configuration(server, tokenFile), settings: Self.settings, logger: Self.logger)
        let told = ToldState()
        let listener = Task {
            for await update in source.updates { told.take(update) }
        }
        try await mischief.storm(seed: seed, changes: 2_000, keeping: "constant")
        try await mischief.end()

        let (wanted, problems) = server.readFromScratch()
        let isReached = try await told.awaits {
            $0.isComplete && $0.problems.count == problems.count
                && $0.state.inOrder == wanted.inOrder
        }
        let last = told.content
        print(
            "storm: \(server.revision) revisions, \(server.requests.all.count) requests, "
                + "\(server.faults.count) of them spoilt, \(last.updates) updates; "
                + mischief.deeds.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                .joined(separator: ", "))
        #expect(isReached, "seed \(seed)")
        #expect(last.differences(from: wanted) == [], "seed \(seed)")
        #expect(last.problems.count == problems.count, "\(last.problems), not \(problems)")
        #expect(last.losses == [], "seed \(seed)")
        #expect(last.updates > 50 && mischief.deeds.count > 15)
        source.stop()
        await listener.value
        await server.stop()
    }

    private static func configuration(
        _ server: APIServer, _ tokenFile: String?
    ) -> KubernetesConfiguration {
        var configuration = KubernetesConfiguration(server: server.url, origin: "the test")
        configuration.authority = server.certificates.map { .file($0.authority) }
        configuration.user.tokenFile = tokenFile
        return configuration
    }

    /// Short times, as the test has no others.
    private static var settings: FollowSettings {
        var settings = FollowSettings()
        settings.pageSize = 7
        settings.watchSeconds = 1...3
        settings.silence = .seconds(2)
        settings.listSilence = .seconds(2)
        settings.patience = .seconds(2)
        settings.discovery = .milliseconds(200)
        settings.shortestWait = .milliseconds(5)
        settings.longestWait = .milliseconds(200)
        return settings
    }

    private static var logger: Logger {
        Logger(label: "storm") { _ in SwiftLogNoOpLogHandler() }
    }
}
