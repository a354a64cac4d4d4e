// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetworkPrimitives
import PolicyDocuments
import PolicyModel
import PolicyTestKit
import Testing

@testable import PolicyAnalysis

struct ImpactTests {
    private static func policy(_ rules: String, app: String = "web") -> String {
        """
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: \(app)}
        spec: {podSelector: {matchLabels: {app: \(app)}}, ingress: [\(rules)]}

        """
    }

    private static let pods =
        workload("Deployment", "web") + workload("Deployment", "front")
        + workload("Deployment", "back")
    private static let front = "from: [{podSelector: {matchLabels: {app: front}}}]"

    private func impact(from old: String, to new: String) -> Impact {
        Impact(from: assembly(old), to: assembly(new))
    }

    @Test func equalManifestsHaveNoImpact() {
        let text = Self.pods + Self.policy("{\(Self.front)}")
        let impact = impact(from: text, to: text)
        #expect(impact.isEmpty)
        #expect(ImpactText(impact).text == "")
    }

    @Test func whatIsOpenedAndClosedIsTold() {
        let impact = impact(
            from: Self.pods + Self.policy("{\(Self.front), ports: [{port: 80}]}"),
            to: Self.pods + Self.policy("{ports: [{port: 443}, {port: 80}]}")
                + Self.policy("{ports: [{port: 1, endPort: 9}]}", app: "back"))
        #expect(
            ImpactText(impact).text == """
                opened:
                  shop/back > shop/web: 80,443/tcp
                  shop/front > shop/web: 443/tcp
                  world > shop/web: 80,443/tcp
                closed:
                  shop/front > shop/back: 10-65535/tcp, every udp, every sctp, other protocols
                  shop/web > shop/back: 10-65535/tcp, every udp, every sctp, other protocols
                  world > shop/back: 10-65535/tcp, every udp, every sctp, other protocols
                """)
    }

    @Test func aPolicyThatOnlySaysItOtherwiseHasNoImpact() {
        let impact = impact(
            from: Self.pods + Self.policy("{ports: [{port: 80}, {port: 81}]}"),
            to: Self.pods + Self.policy("{ports: [{port: 80, endPort: 81}]}"))
        #expect(impact.isEmpty)
    }

    @Test func outsideIsDividedAsEitherSideDividesIt() {
        let impact = impact(
            from: Self.pods + Self.policy("{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}"),
            to: Self.pods + Self.policy("{from: [{ipBlock: {cidr: 203.0.113.0/25}}]}"))
        #expect(
            ImpactText(impact).text == """
                closed:
                  world 203.0.113.128/25 > shop/web: everything
                """)
    }

    @Test func podsOfOneSideAreNamedAndNotCompared() {
        let impact = impact(
            from: Self.pods + pod("old", "10.0.0.1"), to: Self.pods + pod("new", "10.0.0.2"))
        #expect(!impact.isEmpty)
        #expect(
            ImpactText(impact).text == """
                only in the new manifests, and not compared: shop/new
                only in the old manifests, and not compared: shop/old
                """)
    }

    @Test func podsThatChangeAlikeAreOne() {
        let pods = (0..<30).map { pod("web-\($0)") }.joined() + pod("other")
        let all =
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
            + "metadata: {name: all}\nspec: {podSelector: {}}\n"
        #expect(
            ImpactText(impact(from: pods, to: pods + all)).text == """
                closed:
                  shop/other > shop/web-* (30): everything
                  shop/web-* (30) > shop/other, shop/web-* (30): everything
                  world > shop/other, shop/web-* (30): everything
                """)
    }

    @Test func asJSONEveryPairIsListed() throws {
        let impact = impact(
            from: Self.pods, to: Self.pods + Self.policy("{\(Self.front)}") + pod("new"))
        var bytes: [UInt8] = []
        ImpactList(impact).write { bytes += $0 }
        let json = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        let closed = try #require(json?["closed"] as? [[String: Any]])
        #expect(closed.map { $0["from"] as? String } == ["shop/back", "world"])
        #expect(closed.allSatisfy { $0["to"] as? String == "shop/web" })
        let allowed = try #require(closed.first?["allowed"] as? [String: Any])
        #expect(allowed["tcp"] as? [[Int]] == [[1, 65535]])
        #expect(allowed["other"] as? Bool == true)
        #expect((json?["opened"] as? [Any])?.isEmpty == true)
        #expect(json?["added"] as? [String] == ["shop/new"])
        #expect(json?["removed"] as? [String] == [])
    }

    /// The impact between random clusters is the difference of their matrices, pair by pair.
    @Test(arguments: WorldGenerator.Style.allCases)
    func theImpactIsTheDifference(style: WorldGenerator.Style) throws {
        var changes = 0
        for seed in UInt64(0)..<20 {
            let old = WorldGenerator(seed: seed, size: 8, style: style).world()
            var new = WorldGenerator(seed: seed + 1000, size: 8, style: style).world()
            (new.namespaces, new.nodes, new.endpoints) = (old.namespaces, [], old.endpoints)
            let clusters = [
                AnalysedCluster(old, avoiding: new.policies),
                AnalysedCluster(new, avoiding: old.policies),
            ]
            let outside = OutsidePeer.all(
                old.policies + new.policies, besides: clusters.flatMap(\.state.endpoints))
            let before = Reachability(clusters[0], outside: outside)
            let after = Reachability(clusters[1], outside: outside)
            let impact = Impact(from: before, to: after)
            try #require(impact.peers == before.peers && impact.peers == after.peers)
            for from in impact.peers.indices {
                for to in impact.peers.indices where before.isConnection(from: from, to: to) {
                    let past = before.allowed(from: from, to: to).withoutPortZero
                    let present = after.allowed(from: from, to: to).withoutPortZero
                    let opened = impact.packets(.opened, from: from, to: to)
                    let closed = impact.packets(.closed, from: from, to: to)
                    try #require(past.subtracting(closed).union(opened) == present, "seed \(seed)")
                    try #require(opened.intersection(past).isEmpty, "seed \(seed)")
                    try #require(closed.subtracting(past).isEmpty, "seed \(seed)")
                    changes += past == present ? 0 : 1
                }
            }
        }
        #expect(changes > 100)
    }
}
