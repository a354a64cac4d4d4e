// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import Foundation
import PolicyModel
import Testing

@testable import ClusterServers

@Suite(
    .enabled(if: EtcdServer.isInstalled, "\(EtcdServer.missing)"), .serialized,
    .timeLimit(.minutes(2)))
struct EtcdSecurityTests {
    @Test("Server and client know each other by certificates")
    func certificates() async throws {
        let certificates = try await EtcdCertificates()
        let server = try EtcdServer(certificates: certificates)
        try await server.start()
        var configuration = EtcdConfiguration.usual(server.endpoint)
        configuration.authorityFile = certificates.authority
        configuration.certificateFile = certificates.client
        configuration.keyFile = certificates.clientKey
        let writer = try EtcdWriter(configuration)
        try await writer.refresh()
        try await writer.putSet("a")
        let followed = try FollowedEtcd(configuration)
        #expect(await followed.until { $0.last.isComplete })
        #expect(followed.sets == ["a"])
        try await writer.putSet("b")
        #expect(await followed.until { $0.sets == ["a", "b"] })

        var stranger = configuration
        stranger.certificateFile = nil
        stranger.keyFile = nil
        let refused = await #expect(throws: EtcdError.self) { try await EtcdSource.read(stranger) }
        #expect(
            refused?.description.contains("name a certificate that the server's authority") == true)
        var trusting = configuration
        trusting.authorityFile = nil
        let untrusted = await #expect(throws: EtcdError.self) {
            try await EtcdSource.read(trusting)
        }
        #expect(untrusted?.description.contains("the server's certificate is not trusted") == true)
        var missing = configuration
        missing.keyFile = "/nowhere/client.key"
        let gone = await #expect(throws: EtcdError.self) { try await EtcdSource.read(missing) }
        #expect(
            gone?.description
                == "etcd: reading /nowhere/client.key: it does not exist; see that it is there and may be read"
        )
    }

    @Test("S95: users are known by password, and may read what their roles say, kind by kind")
    func users() async throws {
        let server = try EtcdServer(options: ["--auth-token-ttl", "1"])
        try await server.start()
        var open = EtcdConfiguration.quick(server.endpoint)
        open.timing.answer = .seconds(20)
        let writer = try EtcdWriter(open)
        try await writer.putSet("a")
        try await server.control("user", "add", "root:secret")
        try await server.control("user", "grant-role", "root", "root")
        try await server.control("user", "add", "agent:word")
        try await server.control("role", "add", "reader")
        for resource in CalicoResource.all where resource.plural != "tiers" {
            try await server.control(
                "role", "grant-permission", "reader", "--prefix=true", "read", resource.prefix)
        }
        try await server.control("user", "grant-role", "agent", "reader")
        try await server.control("auth", "enable")

        let passwordFile = "\(NSTemporaryDirectory())/sluice-password-\(UUID().uuidString)"
        try Data("word\n".utf8).write(to: URL(fileURLWithPath: passwordFile))
        defer { try? FileManager.default.removeItem(atPath: passwordFile) }
        var configuration = open
        configuration.username = "agent"
        configuration.passwordFile = passwordFile
        var administrator = open
        administrator.username = "root"
        administrator.password = "secret"
        let root = try EtcdWriter(administrator)

        let followed = try FollowedEtcd(configuration)
        let permission =
            "etcdctl role grant-permission ROLE --prefix=true read /calico/resources/v3/projectcalico.org/tiers/"
        #expect(await followed.until { !$0.problems.isEmpty })
        #expect(!followed.last.isComplete)
        #expect(
            followed.problems == [
                "etcd \(server.endpoint): reading tiers: etcdserver: permission denied; \(permission)"
            ])
        #expect(followed.sets == ["a"])
        try await server.control(
            "role", "grant-permission", "reader", "--prefix=true", "read",
            CalicoResource.all[0].prefix, user: "root:secret")
        #expect(await followed.until { $0.last.isComplete && $0.problems.isEmpty })

        // Tokens are forgotten, by time and by restarts.
        try await Task.sleep(for: .seconds(3))
        try await root.putSet("b")
        #expect(await followed.until { $0.sets == ["a", "b"] })
        try await server.stop()
        try await server.start()
        try await root.putSet("c")
        #expect(await followed.until { $0.sets == ["a", "b", "c"] && $0.problems.isEmpty })

        configuration.passwordFile = nil
        configuration.password = "wrong"
        let wrong = configuration
        let refused = await #expect(throws: EtcdError.self) { try await EtcdSource.read(wrong) }
        #expect(refused?.description.hasSuffix("; check the user's name and password") == true)
        let anonymous = open
        let nobody = await #expect(throws: EtcdError.self) { try await EtcdSource.read(anonymous) }
        #expect(nobody?.description.contains("name a user and a password") == true)
    }

    @Test("A user where etcd knows none is no obstacle")
    func needlessUser() async throws {
        let server = try EtcdServer()
        try await server.start()
        var configuration = EtcdConfiguration.usual(server.endpoint)
        configuration.username = "agent"
        configuration.password = "word"
        let snapshot = try await EtcdSource.read(configuration)
        #expect(snapshot.problems.isEmpty)
    }
}
