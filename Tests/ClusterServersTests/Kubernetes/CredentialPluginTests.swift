// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Testing

@testable import ClusterServers

@Suite struct CredentialPluginTests {
    private let folder: TemporaryFolder
    private static let version = "client.authentication.k8s.io/v1"

    init() throws { folder = try TemporaryFolder() }

    private func plugin(
        _ script: String, timeout: Duration = .seconds(20)
    ) throws -> CredentialPlugin {
        try folder.write("plugin", "#!/bin/sh\n\(script)\n", mode: 0o755)
        var plugin = CredentialPlugin(
            command: folder["plugin"], apiVersion: Self.version, origin: "a test")
        plugin.timeout = timeout
        return plugin
    }

    private func failure(_ plugin: CredentialPlugin) async throws -> String {
        do {
            _ = try await plugin.run(in: ["PATH": "/usr/bin:/bin"])
            return "no error"
        } catch {
            return error.description.replacing(folder["plugin"], with: "PLUGIN")
        }
    }

    private static func answer(_ status: String, version: String = version) -> String {
        #"{"apiVersion":"\#(version)","kind":"ExecCredential","status":{\#(status)}}"#
    }

    @Test("A plugin is told its arguments, its variables and the interface's version")
    func asking() async throws {
        var plugin = try plugin(
            """
            [ "$1 $2" = "get token" ] || exit 3
            [ "$EXTRA" = yes ] || exit 4
            echo "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/asked"
            echo '\(Self.answer(#""token":"secret","expirationTimestamp":"2031-05-06T07:08:09Z""#))'
            """)
        plugin.arguments = ["get", "token"]
        plugin.environment = ["EXTRA": "yes"]
        plugin.clusterInformation = .init(
            server: "https://h", tlsServerName: "n", certificateAuthorityData: Data("PEM".utf8))
        let credential = try await plugin.run(in: ["PATH": "/usr/bin:/bin"])
        #expect(credential.token == "secret")
        #expect(credential.certificate == nil)
        #expect(credential.expires == Date(timeIntervalSince1970: 1_935_817_689))
        let asked = try String(contentsOfFile: folder["asked"], encoding: .utf8)
        #expect(
            asked
                == #"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","#
                + #""spec":{"cluster":{"certificate-authority-data":"UEVN","server":"https://h","#
                + #""tls-server-name":"n"},"interactive":false}}"# + "\n")
    }

    @Test("What a plugin complains of stands in the error")
    func complaints() async throws {
        #expect(
            try await failure(plugin("echo 'log in first' >&2; echo please >&2; exit 5"))
                == "get credentials from PLUGIN (a test): the plugin ends with status 5: "
                + "log in first | please")
        #expect(
            try await failure(
                plugin("echo waiting >&2; sleep 30", timeout: .seconds(2))
            ).contains("does not end within 2 s: waiting"))
        #expect(
            try await failure(plugin("echo hello")).contains("does not print an ExecCredential"))
        #expect(
            try await failure(
                plugin(
                    "echo '\(Self.answer("", version: "client.authentication.k8s.io/v1beta1"))'")
            )
            .contains("and not an ExecCredential of client.authentication.k8s.io/v1"))
        #expect(
            try await failure(plugin("echo '\(Self.answer(""))'"))
                .contains("gives neither a token nor a certificate"))
        #expect(
            try await failure(plugin("echo '\(Self.answer(#""clientKeyData":"x""#))'"))
                .contains("gives only one of clientCertificateData and clientKeyData"))
        var missing = CredentialPlugin(
            command: "no-such-plugin", apiVersion: Self.version, origin: "a test")
        missing.installHint = "see https://example.org"
        #expect(
            try await failure(missing)
                == "get credentials from no-such-plugin (a test): the plugin is not found in PATH; "
                + "see https://example.org")
    }

    @Test("A plugin is asked once, and again when the server refuses what it gave")
    func renewal() async throws {
        let plugin = try plugin(
            """
            echo x >> "$(dirname "$0")/calls"
            count=$(wc -l < "$(dirname "$0")/calls")
            printf '%s\\n' '\(Self.answer(#""token":"t'$count'","expirationTimestamp":"2001-01-01T00:00:00Z""#))'
            """)
        var configuration = KubernetesConfiguration(server: "http://h", origin: "a test")
        configuration.user.plugin = plugin
        let credentials = Credentials(configuration, environment: ["PATH": "/usr/bin:/bin"])
        let first = try await credentials.current()
        #expect(first.headers == [.init(name: "Authorization", value: "Bearer t1")])
        // By this clock it has ended long ago; whether it has, the server says.
        let second = try await credentials.current()
        #expect(second.headers == first.headers)
        await credentials.renew(first.generation)
        await credentials.renew(first.generation)
        let third = try await credentials.current()
        #expect(third.headers == [.init(name: "Authorization", value: "Bearer t2")])
    }

    @Test("A token is read again from its file, and counts as it was while there is none")
    func tokenFile() async throws {
        try folder.write("token", "one\n")
        var configuration = KubernetesConfiguration(server: "http://h", origin: "a test")
        configuration.user.tokenFile = folder["token"]
        configuration.user.token = "never"
        let credentials = Credentials(configuration, environment: [:])
        let first = try await credentials.current()
        #expect(first.headers == [.init(name: "Authorization", value: "Bearer one")])
        try folder.write("token", "two\n")
        await credentials.renew(first.generation)
        let second = try await credentials.current()
        #expect(second.headers == [.init(name: "Authorization", value: "Bearer two")])
        try FileManager.default.removeItem(atPath: folder["token"])
        await credentials.renew(second.generation)
        let third = try await credentials.current()
        #expect(third.headers == second.headers)
    }
}
