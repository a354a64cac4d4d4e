// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import ClusterTestKit
import Foundation
import NodeAgent
import PolicyModel
import PolicyTestKit
import Testing

/// The agent's server goes away and comes back: what the agent says meanwhile, and what is in force.
@Suite("How stale an agent says it is", .needsNamespaces, .serialized)
struct SourceStalenessTests {
    private static let namespace =
        #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}"#

    private static func pod(_ name: String, _ address: String) -> String {
        #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"\#(name)","namespace":"shop"},"#
            + #""spec":{"nodeName":"\#(WorldGenerator.localNode)"},"#
            + #""status":{"phase":"Running","podIPs":[{"ip":"\#(address)"}]}}"#
    }

    private static let policy =
        #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","#
        + #""metadata":{"name":"closed","namespace":"shop"},"#
        + #""spec":{"podSelector":{},"policyTypes":["Ingress"]}}"#

    @Test("S98: ready, with what is in force, and since when it is not known whether that is all")
    func away() async throws {
        let site = try AgentSite("stale")
        let server = try await APIServer.start(in: site.namespace)
        for object in [Self.namespace, Self.pod("web", "10.1.0.7"), Self.policy] {
            try server.put(object)
        }
        let configuration = "\(site.folder.path)/kubeconfig"
        try TestKubeconfig(server).text.write(
            toFile: configuration, atomically: true, encoding: .utf8)
        let agent = try AgentProcess(
            in: site.namespace,
            [
                "--source", "kubernetes", "--kubeconfig", configuration, "--node", site.node,
                "--log-level", "debug",
            ], logPath: site.folder.log)
        #expect(try site.awaitReady(), "\(agent.log)")
        #expect(try site.ask("/readyz")?.body == "ready\n")
        let table = try site.read()?.table
        func status() throws -> AgentStatus {
            try AgentStatus(json: Data((try #require(try site.ask("/status"))).body.utf8))
        }
        let fresh = try status()
        #expect(fresh.contacts.count > 10 && fresh.contacts.allSatisfy { !$0.isStale })
        let contacted = #"sluice_source_last_contact_timestamp_seconds{kind="pods"}"#
        let heard = try #require(try site.metric(contacted))
        #expect(abs(heard - Date().timeIntervalSince1970) < 60)
        #expect(try site.metric("sluice_source_stale_kinds") == 0)

        try await server.pause()
        // Kinds that the server does not serve are asked for now and then, and wait for their time.
        #expect(
            try site.waits(within: .seconds(30)) {
                try status().contacts.allSatisfy { $0.isStale || !$0.isServed }
            }, "\(agent.log)")
        usleep(1_100_000)
        let answer = try #require(try site.ask("/readyz"))
        #expect(answer.code == 200)
        let first = answer.body.prefix { $0 != "\n" }
        let pattern = /ready; .* and \d+ more kinds last heard of (\d+m)?\d+s ago: .*refused/
        #expect(first.wholeMatch(of: pattern) != nil, "\(first)")
        let stale = try status()
        #expect(stale.isReady && stale.contacts.allSatisfy { $0.isSynced && $0.age ?? 0 >= 1 })
        let count = Double(stale.contacts.count(where: \.isStale))
        #expect(try #require(try site.metric("sluice_source_stale_kinds")) >= count)
        let then = try #require(try site.metric(contacted))
        #expect(then <= Date().timeIntervalSince1970 - 1)
        let text = try site.namespace.execute([AgentProcess.executable, "status"])
        #expect(text.contains("\nstale:\n  "), "\(text)")
        #expect(try site.read()?.table == table)

        try server.put(Self.pod("late", "10.1.0.8"))
        try await server.resume()
        #expect(
            try site.waits(within: .seconds(60)) { try site.ask("/readyz")?.body == "ready\n" },
            "\(agent.log)")
        #expect(try site.waits { try status().governedEndpoints == 2 })
        #expect(try site.metric("sluice_source_stale_kinds") == 0)
        #expect(try #require(try site.metric(contacted)) > then)
        agent.kill()
        await server.stop()
    }
}
