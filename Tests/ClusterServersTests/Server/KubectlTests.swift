// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import Foundation
import PolicyTestKit
import Testing

/// A client that nobody here wrote understands the server, so that what our client learns from it holds
/// for others.
@Suite("kubectl and the test server", .enabled(if: Kubectl.version != nil, Kubectl.missing))
struct KubectlTests {
    private static let policy = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: closed, namespace: shop}
        spec: {podSelector: {}, policyTypes: [Ingress]}
        """

    @Test("get, apply, watch and delete, over TLS with a client's certificate")
    func wholeLife() async throws {
        let server = try await APIServer.start(tls: TestCertificates())
        let kubectl = try Kubectl(TestKubeconfig(server, certificateOf: "admin"))
        let apply = ["apply", "--validate=false", "-f", "-"]
        // Not `create namespace`, which speaks protobuf.
        let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
        _ = try kubectl.run(apply, input: namespace)
        #expect(try kubectl.run(["get", "ns", "-o", "name"]) == "namespace/shop\n")

        let watch = Task.detached {
            try kubectl.run(["get", "netpol", "-A", "--watch", "-o", "name"], seconds: 6)
        }
        #expect(try await server.awaitWatches(1, "networkpolicies.networking.k8s.io"))
        #expect(try kubectl.run(apply, input: Self.policy).hasSuffix("closed created\n"))
        #expect(try kubectl.run(apply, input: Self.policy).hasSuffix("closed unchanged\n"))
        let changed = Self.policy.replacing("[Ingress]", with: "[Ingress, Egress]")
        #expect(try kubectl.run(apply, input: changed).hasSuffix("closed configured\n"))
        let types = try kubectl.run(
            ["get", "netpol", "-n", "shop", "closed", "-o", "jsonpath={.spec.policyTypes}"])
        #expect(types == #"["Ingress","Egress"]"#)
        #expect(
            try kubectl.run(["delete", "netpol", "-n", "shop", "closed"]).contains("deleted"))
        #expect(try kubectl.run(["get", "netpol", "-A", "-o", "name"]) == "")
        let heard = try await watch.value.split(separator: "\n")
        #expect(heard.count == 3 && Set(heard).count == 1)
        await server.stop()
    }

    @Test("custom resources, pages, and what is refused")
    func variety() async throws {
        // Without TLS, kubectl keeps its token to itself.
        let server = try await APIServer.start(tls: TestCertificates())
        let kubectl = try Kubectl(TestKubeconfig(server, token: "secret"))
        for number in 0..<12 { try server.put(APIServerListTests.pod("pod-\(number)")) }
        let pods = try kubectl.run(["get", "po", "-A", "-o", "name", "--chunk-size=5"])
        #expect(pods.split(separator: "\n").count == 12)
        #expect(server.requests.count("list", "pods") == 3)
        try server.put(
            #"{"apiVersion":"crd.projectcalico.org/v1","kind":"Tier","metadata":{"name":"a"}}"#)
        #expect(
            try kubectl.run(["get", "tiers", "-o", "name"])
                == "tier.crd.projectcalico.org/a\n")
        server.access.refuse("list", "nodes")
        #expect(throws: LabError.self) { try kubectl.run(["get", "nodes"]) }
        do {
            _ = try kubectl.run(["get", "nodes"])
        } catch {
            #expect("\(error)".contains("Error from server (Forbidden): nodes is forbidden"))
        }
        server.access.revoke(token: "secret")
        #expect(throws: LabError.self) { try kubectl.run(["get", "pods"]) }
        await server.stop()
    }
}

/// The command, with a folder of its own for what it remembers of servers.
private final class Kubectl: Sendable {
    /// What it says of itself; nil if it is not there.
    static let version: String? = {
        let ending = try? ChildProcess(arguments: ["kubectl", "version", "--client"]).finish()
        return ending?.exitCode == 0 ? ending?.output : nil
    }()

    static let missing: Comment = "kubectl is missing: install kubernetes-client"

    private let folder: String

    init(_ configuration: TestKubeconfig) throws {
        folder = NSTemporaryDirectory() + "/sluice-kubectl-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try configuration.text.write(
            toFile: "\(folder)/config", atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Runs it.
    ///
    /// - Parameter seconds: when it is ended if it does not end by itself.
    /// - Returns: what it writes to standard output.
    /// - Throws: `LabError` with what it says if it fails; being ended is no failure.
    func run(_ arguments: [String], input: String = "", seconds: Int = 30) throws -> String {
        let words = [
            "timeout", "\(seconds)", "kubectl", "--kubeconfig", "\(folder)/config", "--cache-dir",
            "\(folder)/cache",
        ]
        let ending = try ChildProcess(arguments: words + arguments, input: input).finish()
        guard [0, 124].contains(ending.exitCode) else {
            throw LabError(operation: "kubectl", object: arguments[0], reason: ending.errors)
        }
        return ending.output
    }
}
