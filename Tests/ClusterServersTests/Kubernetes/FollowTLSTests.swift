// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import Foundation
import Testing

@testable import ClusterServers

extension FollowTests {
    @Suite struct FollowTLSTests {
        private func configuration(
            _ kubeconfig: TestKubeconfig, _ change: (String) -> String = { $0 }
        ) throws -> KubernetesConfiguration {
            let folder = try TemporaryFolder()
            try folder.write("config", change(kubeconfig.text))
            return try .find(kubeconfig: folder["config"], environment: [:])
        }

        @Test("A client certificate of a kubeconfig opens the server")
        func clientCertificate() async throws {
            let server = try await APIServer.start(tls: try TestCertificates())
            try Objects.fill(server)
            let followed = FollowedServer(
                try configuration(TestKubeconfig(server, certificateOf: "sluice")))
            #expect(try await followed.waits { $0.isComplete })
            #expect(followed.now.pods.count == 3)
            #expect(followed.now.problems == [])
            await server.stop()
        }

        @Test("The name that the server's certificate must have can be another than its address")
        func serverName() async throws {
            let server = try await APIServer.start(tls: try TestCertificates())
            let kubeconfig = TestKubeconfig(server, token: "t")
            func named(_ name: String) throws -> KubernetesConfiguration {
                try configuration(kubeconfig) {
                    $0.replacing("    server:", with: "    tls-server-name: \(name)\n    server:")
                }
            }
            let reading = try await KubernetesSource.read(
                named("kubernetes.default.svc"), logger: FollowedServer.logger)
            #expect(reading.problems == [])
            let error = try await #require(throws: KubernetesError.self) {
                try await KubernetesSource.read(
                    named("kubernetes.example"), logger: FollowedServer.logger)
            }
            #expect(error.reason == .unreachable)
            #expect(error.cause.contains("the server's certificate is not for this name"))
            #expect(error.remedy?.contains("tls-server-name") == true)
            let asked = server.requests.all.count
            let followed = FollowedServer(try named("kubernetes.example"))
            #expect(try await followed.waits { !$0.problems.isEmpty })
            #expect(!followed.now.isComplete)
            #expect(server.requests.all.count == asked, "nothing is said to such a server")
            await server.stop()
        }

        @Test("A server of another authority is not spoken to, unless that is wished")
        func foreignServer() async throws {
            let server = try await APIServer.start(tls: try TestCertificates())
            let other = try TestCertificates()
            let kubeconfig = TestKubeconfig(server, token: "t")
            let authority = try #require(server.certificates).authority
            let wrong = try configuration(kubeconfig) {
                $0.replacing(authority, with: other.authority)
            }
            let error = try await #require(throws: KubernetesError.self) {
                try await KubernetesSource.read(wrong, logger: FollowedServer.logger)
            }
            #expect(error.cause.contains("the server's certificate is not signed by the authority"))
            #expect(server.requests.all.isEmpty)
            let careless = try configuration(kubeconfig) {
                $0.replacing(
                    "certificate-authority: \(authority)", with: "insecure-skip-tls-verify: true")
            }
            _ = try await KubernetesSource.read(careless, logger: FollowedServer.logger)
            let nobody = try configuration(kubeconfig) {
                $0.replacing("token: t", with: "token: x")
            }
            let refused = try await #require(throws: KubernetesError.self) {
                try await KubernetesSource.read(nobody, logger: FollowedServer.logger)
            }
            #expect(refused.reason == .unauthorized)
            await server.stop()
        }
    }
}
