// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import Glibc
import PolicyModel
import PolicyTestKit
import Testing

/// An agent that proves what it enforces.
@Suite("The agent and its proof", .needsNamespaces, .serialized)
struct AgentProofTests {
    private static let cluster = LargeCluster(pods: 300, policies: 30, localPods: 10)

    /// The member `proof` of the agent's status.
    private func proof(_ site: AgentSite) throws -> [String: Any]? {
        guard let reply = try site.ask("/status") else { return nil }
        let status = try JSONSerialization.jsonObject(with: Data(reply.body.utf8))
        return (status as? [String: Any])?["proof"] as? [String: Any]
    }

    @Test("everything is proved once, and a pod like others costs no new comparison")
    func provesChanges() throws {
        let site = try AgentSite("proof", node: LargeCluster.localNode)
        var state = Self.cluster.state()
        try site.folder.replace(with: state)
        let agent = try site.start("--verify", "10m")
        try #require(try site.awaitReady())
        #expect(
            try site.waits { try proof(site)?["outcome"] as? String == "proved" }, "\(agent.log)")
        let whole = "sluice_proofs_total{outcome=\"proved\",scope=\"whole\"}"
        let change = "sluice_proofs_total{outcome=\"proved\",scope=\"change\"}"
        #expect(try site.metric(whole) == 1)
        var pod = state.endpoints.last!
        pod.id.name = "newcomer"
        pod.addresses = [.ipv4(0x0aff_0001)]
        state.endpoints.append(pod)
        try site.folder.replace(with: state)
        #expect(try site.waits { try (site.metric(change) ?? 0) >= 1 }, "\(agent.log)")
        #expect(try site.metric(whole) == 1)
        #expect(try site.metric("sluice_proved") == 1)

        state.policies.removeLast()
        try site.folder.replace(with: state)
        #expect(try site.waits { try site.metric(whole) == 2 }, "\(agent.log)")
        #expect((try proof(site)?["findings"] as? [String])?.isEmpty == true)
    }

    @Test("without --verify nothing is proved, and nothing is said of it")
    func isOffByDefault() throws {
        let site = try AgentSite("proof", node: LargeCluster.localNode)
        try site.folder.replace(with: Self.cluster.state())
        let agent = try site.start()
        try #require(try site.awaitReady(), "\(agent.log)")
        #expect(try proof(site) == nil)
        #expect(try site.metric("sluice_proved") == 0)
        agent.signal(SIGTERM)
    }
}
