// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import ClusterTestKit
import PolicyTestKit
import Testing

/// Commands that read a cluster in place of manifests.
@Suite("Commands with --from-cluster", .needsNamespaces)
struct FromClusterTests {
    @Test(
        "a cluster gives what its manifests give; an object that cannot be read is told and left out"
    )
    func commands() async throws {
        let namespace = try NetworkNamespace("fromcluster")
        try namespace.execute(["ip", "link", "set", "lo", "up"])
        let server = try await APIServer.start(in: namespace)
        let manifests = JSONManifests(
            LargeCluster(pods: 60, policies: 30, localPods: 20).state()
        ).text
        try server.replaceAll(with: manifests)
        let folder = try CommandFolder([
            "kubeconfig": TestKubeconfig(server).text, "cluster.json": manifests,
        ])
        func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }
        let node = ["--node", LargeCluster.localNode]
        let cluster = ["--from-cluster", "--kubeconfig", path("kubeconfig")]

        let read = try SluiceCommand.run(["render"] + cluster + node, in: namespace)
        let written = try SluiceCommand.run(
            ["render", "-f", path("cluster.json")] + node, in: namespace)
        #expect(read.exitCode == 0, "\(read)")
        #expect(read.output == written.output)
        #expect(read.output.contains("chain cell-"))

        for words in [
            ["matrix", "--format", "json"],
            ["explain", "--from", "ns-0/pod-3", "--to", "ns-0/pod-0", "--port", "8080/tcp"],
        ] {
            let live = try SluiceCommand.run(words + cluster, in: namespace)
            let filed = try SluiceCommand.run(
                words + ["-f", path("cluster.json")], in: namespace)
            #expect(live.exitCode < 2 && live.exitCode == filed.exitCode, "\(live)")
            #expect(live.output == filed.output)
        }
        #expect(try SluiceCommand.run(["diff"] + cluster + node, in: namespace).exitCode == 1)
        #expect(try SluiceCommand.run(["apply"] + cluster + node, in: namespace).exitCode == 0)
        #expect(try SluiceCommand.run(["diff"] + cluster + node, in: namespace).exitCode == 0)
        let proof = try SluiceCommand.run(["verify"] + cluster + node, in: namespace)
        #expect(proof.exitCode == 0, "\(proof)")

        try server.put(
            #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"odd","namespace":"ns-0"},"spec":7}"#
        )
        let odd = try SluiceCommand.run(["render"] + cluster + node, in: namespace)
        #expect(odd.output == written.output)
        #expect(odd.errors.contains("pods/ns-0/odd"), "\(odd)")

        for (words, part) in [
            (["render"] + cluster + ["-f", "x"], "not both"),
            (["render", "--kubeconfig", "x", "-f", "x"], "go with --from-cluster"),
        ] {
            let refused = try SluiceCommand.run(words + node, in: namespace)
            #expect(refused.exitCode == 2, "\(refused)")
            #expect(refused.errors.contains(part), "\(refused)")
        }
        await server.stop()
        let away = try SluiceCommand.run(["render"] + cluster + node, in: namespace)
        #expect(away.exitCode == 2)
        #expect(away.output.isEmpty)
        #expect(away.errors.contains("127.0.0.1"), "\(away)")
    }
}
