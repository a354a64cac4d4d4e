// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import ClusterTestKit
import Foundation
import NodeCompiler
import PolicyModel
import PolicyTestKit
import Testing

/// The agent follows a server with which everything goes wrong, is killed on the way, and has in the kernel
/// at the end what the server's objects compile to.
@Suite("The agent and a storm at the API server", .needsNamespaces, .serialized)
struct ServerStormTests {
    @Test("the kernel has at the end what a run from scratch gives")
    func storm() async throws {
        let site = try AgentSite("apistorm")
        let server = try await APIServer.start(in: site.namespace)
        let configuration = "\(site.folder.path)/kubeconfig"
        try TestKubeconfig(server).text.write(
            toFile: configuration, atomically: true, encoding: .utf8)
        func start() throws -> AgentProcess {
            try AgentProcess(
                in: site.namespace,
                [
                    "--source", "kubernetes", "--kubeconfig", configuration, "--node", site.node,
                    "--log-level", "debug",
                ], logPath: site.folder.log)
        }
        var mischief = try Mischief(for: server, seed: 3)
        var agent = try start()
        try await mischief.storm(seed: 3, changes: 400, keeping: "constant")
        agent.kill()
        try await mischief.storm(seed: 4, changes: 100, keeping: "constant")
        agent = try start()
        try await mischief.storm(seed: 5, changes: 400, keeping: "constant")
        try await mischief.end()

        let state = server.readFromScratch().state
        let wanted = NodeCompilation(state, node: site.node).table.sorted.withoutCapacities
        #expect(!wanted.chains.isEmpty)
        let isReached = try site.waits(within: .seconds(90)) {
            try site.read()?.table.sorted.withoutCapacities == wanted
        }
        #expect(isReached, "\(agent.log.suffix(4_000))")
        #expect(try site.awaitReady())
        agent.kill()
        await server.stop()
    }
}
