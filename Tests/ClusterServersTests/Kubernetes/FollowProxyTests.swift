// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import Foundation
import Testing

@testable import ClusterServers

extension FollowTests {
    /// Servers that are reached through a proxy.
    @Suite struct FollowProxyTests {
        /// What a kubeconfig says of a server behind a proxy that knows it as `kubernetes.default.svc`.
        private func configuration(
            _ server: APIServer, proxy: String?, environment: [String: String] = [:]
        ) throws -> KubernetesConfiguration {
            let folder = try TemporaryFolder()
            let text = TestKubeconfig(server, token: "t").text
                .replacing("https://127.0.0.1:", with: "https://kubernetes.default.svc:")
                .replacing(
                    "    server:",
                    with: proxy.map { "    proxy-url: \($0)\n    server:" } ?? "    server:")
            try folder.write("config", text)
            return try .find(kubeconfig: folder["config"], environment: environment)
        }

        @Test("A server is followed through the proxy of its kubeconfig, or of the environment")
        func follows() async throws {
            let server = try await APIServer.start(tls: try TestCertificates())
            try Objects.fill(server)
            let proxy = try await ConnectProxy()
            let followed = FollowedServer(try configuration(server, proxy: proxy.url))
            #expect(try await followed.waits { $0.isComplete && $0.pods.count == 3 })
            #expect(followed.now.problems == [])
            let target = "kubernetes.default.svc:\(server.port)"
            #expect(Set(proxy.requests.map(\.target)) == [target])
            try server.put(Objects.pod("late", "10.0.9.9"))
            #expect(try await followed.waits { $0.pods.contains("late") })

            let other = try await ConnectProxy()
            let reading = try await KubernetesSource.read(
                configuration(server, proxy: nil, environment: ["HTTPS_PROXY": other.url]),
                logger: FollowedServer.logger)
            #expect(reading.state.endpoints.count == 4)
            #expect(Set(other.requests.map(\.target)) == [target])
            await server.stop()
            try await proxy.close()
            try await other.close()
        }

        @Test("The certificate is checked behind the proxy by the name that it must have")
        func serverName() async throws {
            let server = try await APIServer.start(tls: try TestCertificates())
            try Objects.fill(server)
            let proxy = try await ConnectProxy()
            var behind = try configuration(server, proxy: proxy.url)
            behind.server = "https://192.0.2.1:\(server.port)"
            behind.serverName = "kubernetes.default.svc"
            let reading = try await KubernetesSource.read(behind, logger: FollowedServer.logger)
            #expect(reading.state.endpoints.count == 3)
            #expect(Set(proxy.requests.map(\.target)) == ["192.0.2.1:\(server.port)"])
            behind.serverName = "kubernetes.example"
            let error = try await #require(throws: KubernetesError.self) {
                try await KubernetesSource.read(behind, logger: FollowedServer.logger)
            }
            #expect(error.cause.contains("the server's certificate is not for this name"))
            await server.stop()
            try await proxy.close()
        }

        @Test("A proxy asks who asks, and a proxy that is away is a problem that names it")
        func refusals() async throws {
            let server = try await APIServer.start(tls: try TestCertificates())
            try Objects.fill(server)
            let proxy = try await ConnectProxy(authorization: "Basic bWU6c2VjcmV0")
            let named = proxy.url.replacing("http://", with: "http://me:secret@")
            let reading = try await KubernetesSource.read(
                configuration(server, proxy: named), logger: FollowedServer.logger)
            #expect(reading.state.endpoints.count == 3)
            let refused = try await #require(throws: KubernetesError.self) {
                try await KubernetesSource.read(
                    configuration(server, proxy: proxy.url), logger: FollowedServer.logger)
            }
            #expect(refused.description.contains("the proxy does not know who asks (407)"))
            #expect(!refused.description.contains("secret"))
            try await proxy.close()
            let away = try await #require(throws: KubernetesError.self) {
                try await KubernetesSource.read(
                    configuration(server, proxy: named), logger: FollowedServer.logger)
            }
            let address = proxy.url.dropFirst("http://".count)
            #expect(
                away.cause.contains(
                    "Connection refused (through the proxy \(address) (proxy-url))"),
                "\(away.cause)")
            await server.stop()
        }
    }
}
