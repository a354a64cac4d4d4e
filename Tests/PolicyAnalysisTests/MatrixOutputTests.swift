// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyAnalysis

/// The matrix as JSON and as a table.
struct MatrixOutputTests {
    private static let shop =
        """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web}
        spec:
          podSelector: {matchLabels: {app: web}}
          ingress:
          - {from: [{podSelector: {matchLabels: {app: front}}}], ports: [{port: 8080}]}
          - {from: [{ipBlock: {cidr: 203.0.113.0/24, except: [203.0.113.128/25]}}]}

        """ + workload("Deployment", "web") + workload("Deployment", "front")

    private func connections(
        _ text: String, _ view: MatrixView = MatrixView()
    ) throws -> [[String: Any]] {
        var bytes: [UInt8] = []
        ConnectionList(Reachability(cluster(text)), view: view).write { bytes += $0 }
        let document = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        return try #require(document?["connections"] as? [[String: Any]])
    }

    /// `front > web tcp 8080-8080`, with nothing behind it where nothing is allowed.
    private func lines(_ connections: [[String: Any]]) -> [String] {
        connections.map { connection in
            let allowed = connection["allowed"] as? [String: Any] ?? [:]
            var line = "\(connection["from"] ?? "?") > \(connection["to"] ?? "?")"
            for transport in ["tcp", "udp", "sctp"] {
                for range in allowed[transport] as? [[Int]] ?? [] {
                    line += " \(transport) \(range[0])-\(range[1])"
                }
            }
            return line + (allowed["other"] as? Bool == true ? " other" : "")
        }
    }

    @Test("S80: every pair is listed with its ports, from 1 on")
    func everyPairIsListedWithItsPorts() throws {
        let all = " tcp 1-65535 udp 1-65535 sctp 1-65535 other"
        #expect(
            lines(try connections(Self.shop)) == [
                "shop/front > shop/web tcp 8080-8080", "shop/front > world\(all)",
                "shop/front > world 203.0.113.0/25\(all)", "shop/web > shop/front\(all)",
                "shop/web > world\(all)", "shop/web > world 203.0.113.0/25\(all)",
                "world > shop/front\(all)", "world > shop/web",
                "world 203.0.113.0/25 > shop/front\(all)", "world 203.0.113.0/25 > shop/web\(all)",
            ])
    }

    @Test func ofPortsThatAreAskedForOnlyTheseAreListed() throws {
        let view = MatrixView(packets: TransportSet(.tcp, ports: 8000...8080))
        let found = lines(try connections(Self.shop, view))
        #expect(found.first == "shop/front > shop/web tcp 8080-8080")
        #expect(found.dropFirst().first == "shop/front > world tcp 8000-8080")
        #expect(found.count == 10)
    }

    @Test func ofNamespacesThatAreAskedForOneSideIsEnough() throws {
        let text = Self.shop + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: a}\n"
        let found = lines(try connections(text, MatrixView(namespaces: ["a"])))
        #expect(found.count == 8)
        #expect(found.allSatisfy { $0.contains("a/x") })
    }

    @Test("S14, S19: pods of the host network and finished ones are left out")
    func onlyPolicedPodsCount() throws {
        let text =
            Self.shop
                + """
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: proxy}
                spec: {hostNetwork: true}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: done}
                status: {phase: Succeeded}

                """
        #expect(try connections(text).count == 10)
    }

    @Test("S80: a connection is allowed if it is in one family")
    func familiesAreUnited() throws {
        let text =
            policy(block: "{cidr: 10.0.0.2/32}") + pod("a", "10.0.0.1", "fd00::1")
            + pod("b", "10.0.0.2", "fd00::2") + pod("c", "fd00::3") + pod("d", "10.0.0.4")
        let found = lines(try connections(text))
        #expect(found.contains("shop/a > shop/b tcp 1-65535 udp 1-65535 sctp 1-65535 other"))
        #expect(found.contains("shop/b > shop/a"))
        #expect(found.contains("shop/c > shop/d"))
    }

    @Test func theTableHasASignForEachCell() {
        let cluster = cluster(Self.shop + pod("pod-1") + pod("pod-2"))
        let table = MatrixTable(Reachability(cluster), of: cluster)
        #expect(
            table.text(width: 80) == """
                                         1 2 3 4 5
                shop
                  1 front                · ✓ a ✓ ✓
                  2 pod-* (2)            ✓ ✓ ✗ ✓ ✓
                  3 web                  ✓ ✓ · ✓ ✓
                outside
                  4 world                ✓ ✓ ✗ · ·
                  5 world 203.0.113.0/25 ✓ ✓ ✓ · ·

                Rows send, columns receive.  ✓ everything  ✗ nothing  · itself
                a 8080/tcp
                """)
    }

    @Test func theTableLeavesEmptyWhatIsNotAskedFor() {
        let cluster = cluster(
            Self.shop + "---\napiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: a}\n")
        let view = MatrixView(packets: TransportSet(.tcp, port: 80), namespaces: ["a"])
        let table = MatrixTable(Reachability(cluster), of: cluster, view: view)
        #expect(
            table.text(width: 80) == """
                                         1 2 3 4 5
                a
                  1 x                    · ✓ ✗ ✓ ✓
                shop
                  2 front                ✓ ·
                  3 web                  ✓   ·
                outside
                  4 world                ✓     · ·
                  5 world 203.0.113.0/25 ✓     · ·

                Rows send, columns receive.  ✓ all of 80/tcp  ✗ nothing  · itself
                """)
    }

    @Test func theTableIsContinuedWhereItIsTooWide() {
        let pods = (0..<30).map { workload("Deployment", "w\($0)", owner: nil) }.joined()
        let policies = (0..<30).map { number in
            """
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: p\(number)}
            spec: {podSelector: {matchLabels: {app: w\(number)}}, ingress: [{ports: [{port: \(number + 1)}]}]}

            """
        }.joined()
        let cluster = cluster(pods + policies)
        let text = MatrixTable(Reachability(cluster), of: cluster, isASCII: true).text(width: 60)
        let lines = text.components(separatedBy: "\n")
        #expect(lines.prefix(33).allSatisfy { $0.count <= 60 })
        #expect(text.utf8.allSatisfy { $0 < 128 })
        #expect(text.components(separatedBy: "outside").count > 2)
    }

    @Test(arguments: [
        ("web-7d4b9c8f5d-x2k4p", "web"), ("web-x2k4p", "web"), ("db-0", "db"),
        ("pod-12", "pod"), ("web", "web"), ("front-end", "front-end"), ("a-b-c", "a-b-c"),
    ])
    func theStemOfAName(_ name: String, _ stem: String) {
        #expect(PodName.stem(name) == stem)
    }
}
