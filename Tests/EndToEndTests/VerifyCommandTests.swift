// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import PolicyTestKit
import Testing

/// `sluice verify` in a namespace in which rules ask for interfaces.
@Suite(.needsNamespaces, .serialized)
struct VerifyCommandTests {
    private static let manifests = """
        apiVersion: v1
        kind: Node
        metadata: {name: node-a}
        status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop}
        ---
        apiVersion: projectcalico.org/v3
        kind: WorkloadEndpoint
        metadata: {name: node--a-k8s-web-eth0, namespace: shop, labels: {app: web}}
        spec:
          node: node-a
          orchestrator: k8s
          pod: web
          endpoint: eth0
          interfaceName: cali1
          ipNetworks: [10.1.0.1/32]
          profiles: [projectcalico-default-allow]
        ---
        apiVersion: projectcalico.org/v3
        kind: WorkloadEndpoint
        metadata: {name: node--a-k8s-api-eth0, namespace: shop, labels: {app: api}}
        spec:
          node: node-a
          orchestrator: k8s
          pod: api
          endpoint: eth0
          interfaceName: cali2
          ipNetworks: [10.1.0.2/32]
          profiles: [projectcalico-default-allow]
        ---
        apiVersion: projectcalico.org/v3
        kind: NetworkPolicy
        metadata: {name: api, namespace: shop}
        spec:
          selector: app == 'api'
          ingress:
          - {action: Allow, protocol: TCP, source: {selector: app == 'web'}, destination: {ports: [8080]}}
        """

    @Test("S50: forged sources are proved to be dropped, and found where they are not")
    func forgedSources() throws {
        let site = try TestNamespace("verify-command")
        let folder = try CommandFolder(["cluster.yaml": Self.manifests])
        func sluice(_ command: String) throws -> String {
            try site.namespace.execute([
                "sh", "-c",
                """
                \(AgentProcess.executable) \(command) -f \(folder.url.path) --node node-a; \
                echo "exit $?"
                """,
            ])
        }
        #expect(try sluice("apply").hasSuffix("exit 0\n"))
        let whole = try sluice("verify")
        #expect(whole.hasPrefix("PROVED") && whole.hasSuffix("exit 0\n"), "\(whole)")

        try site.nft("insert rule inet sluice forward iifname \"cali1\" accept")
        let spoilt = try sluice("verify")
        #expect(spoilt.hasPrefix("DIFFERENT") && spoilt.hasSuffix("exit 1\n"), "\(spoilt)")
        #expect(spoilt.contains("by cali1 > "))
        #expect(spoilt.contains("denied by sources of its interface"))

        #expect(try sluice("apply").hasSuffix("exit 0\n"))
        #expect(try sluice("verify").hasPrefix("PROVED"))
        try site.nft("flush map inet sluice guards")
        #expect(try sluice("verify").hasPrefix("DIFFERENT"))
    }
}
