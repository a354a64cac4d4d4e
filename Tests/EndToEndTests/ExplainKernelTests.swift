// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import PolicyTestKit
import Testing

/// `sluice explain --kernel` follows packets through the rules that stand in a namespace.
@Suite(.needsNamespaces) struct ExplainKernelTests {
    @Test("The exit code tells a kernel that does as the policies say from one that does not")
    func kernelAgainstPolicies() throws {
        let place = try TestNamespace("explain")
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("explain-\(getpid()).yaml")
        try Self.manifests.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        func explain(_ port: String) throws -> ChildProcess.Ending {
            try SluiceCommand.run(
                [
                    "explain", "-f", file.path, "--node", "node-a", "--kernel", "--from",
                    "shop/front", "--to", "shop/web", "--port", port,
                ], in: place.namespace)
        }
        let empty = try explain("9100")
        #expect(empty.exitCode == 3)
        #expect(empty.output.contains("ALLOWED, there is no table inet sluice"))

        let applied = try SluiceCommand.run(
            ["apply", "-f", file.path, "--node", "node-a"], in: place.namespace)
        #expect(applied.exitCode == 0, "\(applied.errors)")
        let denied = try explain("9100")
        #expect(denied.exitCode == 1)
        #expect(denied.output.contains("as the kernel has it: DENIED by isolated[2]"))
        #expect(denied.output.contains("counter drop  # handle "))
        let allowed = try explain("http")
        #expect(allowed.exitCode == 0)
        #expect(allowed.output.contains("(shop: app=front) has 10.1.1.4"))

        try place.nft("insert rule inet sluice isolated tcp dport 9100 accept")
        let opened = try explain("9100")
        #expect(opened.exitCode == 3)
        #expect(
            opened.output.split(separator: "\n")[1]
                == "BUT ruleset of node-a, as the kernel has it: ALLOWED by isolated[0] at hook forward"
        )
        try place.nft("insert rule inet sluice isolated limit rate 5/second drop")
        let unknown = try explain("9100")
        #expect(unknown.exitCode == 3)
        #expect(
            unknown.output.contains("cannot be told, because the expression limit is not known"))
        #expect(try explain("http").exitCode == 0)

        try place.nft("add chain inet sluice early { type filter hook prerouting priority 0; }")
        let foreign = try explain("http")
        #expect(foreign.exitCode == 3)
        #expect(foreign.output.contains("others have added chain early at hook prerouting"))
        try place.nft("delete chain inet sluice early")
        try place.nft("add table inet sluice { flags dormant; }")
        let dormant = try explain("9100")
        #expect(dormant.exitCode == 3)
        #expect(dormant.output.contains("somebody has made the table dormant"))
    }

    @Test("S50: packets of workloads whose interfaces are known are followed, also to their node")
    func guarded() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("explain-guarded-\(getpid()).yaml")
        let workload = """
            ---
            apiVersion: projectcalico.org/v3
            kind: WorkloadEndpoint
            metadata: {name: node--a-k8s-web-eth0, namespace: shop}
            spec:
              {node: node-a, orchestrator: k8s, pod: web, endpoint: eth0, interfaceName: cali1,
              profiles: [kns.shop, ksa.shop.default], ipNetworks: [10.1.1.5/32]}
            ---
            apiVersion: v1
            kind: Node
            metadata: {name: node-a}
            status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
            """
        try (Self.manifests + "\n" + workload).write(to: folder, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: folder) }
        func explain(_ from: String, _ to: String, _ port: String) throws -> ChildProcess.Ending {
            try SluiceCommand.run([
                "explain", "-f", folder.path, "--node", "node-a", "--from", from, "--to", to,
                "--port", port,
            ])
        }
        #expect(try explain("shop/front", "shop/web", "http").exitCode == 0)
        #expect(try explain("shop/front", "shop/web", "9100").exitCode == 1)
        let toNode = try explain("shop/web", "192.168.0.1", "443")
        #expect(toNode.exitCode == 0, "\(toNode.output)")
        #expect(toNode.output.contains("at hook input"))
    }

    @Test("Where two nodes have their say, the kernel's must be named")
    func whichNode() throws {
        let place = try TestNamespace("explain-node")
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("explain-node-\(getpid()).yaml")
        try Self.manifests.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let run = try SluiceCommand.run(
            [
                "explain", "-f", file.path, "--kernel", "--from", "shop/front", "--to", "shop/web",
                "--port", "9100",
            ], in: place.namespace)
        #expect(run.exitCode == 2)
        #expect(run.errors.contains("say with --node which of them"))
    }

    private static let manifests = """
        apiVersion: v1
        kind: Pod
        metadata: {namespace: shop, name: web, labels: {app: web}}
        spec:
          nodeName: node-a
          containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]
        status: {podIPs: [{ip: 10.1.0.7}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {namespace: shop, name: front, labels: {app: front}}
        spec: {nodeName: node-b}
        status: {podIPs: [{ip: 10.1.1.4}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {namespace: shop, name: allow-front}
        spec:
          podSelector: {matchLabels: {app: web}}
          ingress:
          - from: [{podSelector: {matchLabels: {app: front}}}]
            ports: [{port: http}]
        """
}
