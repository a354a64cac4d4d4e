// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetworkPrimitives
import PolicyDocuments
import PolicyModel
import Testing

@testable import PolicyAnalysis

/// What enforcing staged policies would change, as impact and in the matrix.
struct StagedPolicyTests {
    private static let policy = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web}
        spec:
          podSelector: {matchLabels: {app: web}}
          ingress: [{from: [{podSelector: {matchLabels: {app: front}}}], ports: [{port: 8080}]}]

        """
    private static let pods = workload("Deployment", "web") + workload("Deployment", "front")
    private static let web = PolicyID(kind: "NetworkPolicy", namespace: "shop", name: "web")

    /// The cluster of the policy `web` and the pods, with a staged policy besides.
    private func staged(_ action: StagedPolicy.Action) -> ClusterAssembly {
        var documents = DocumentDecoder(defaultNamespace: "shop", readsWorkloads: true)
            .decode([Source(name: "test.yaml", text: Self.policy + Self.pods)])
        let id = PolicyID(
            kind: "StagedKubernetesNetworkPolicy", namespace: "shop", name: Self.web.name)
        documents.stagedPolicies = [
            Located(
                StagedPolicy(id: id, action: action),
                at: Origin(source: "test.yaml", document: 0, line: 1))
        ]
        return ClusterAssembly(documents)
    }

    /// A policy that allows nobody but 9090/tcp to `web`, under the name of the one that is there.
    private static let replacement = Policy(
        id: web,
        subject: EndpointSelector(
            namespaces: .named("shop"), labels: .isOneOf(key: "app", values: ["web"])),
        ingress: [Rule(.allow, ports: .only([.numbers(.tcp, 9090...9090)]))])

    private func impact(_ action: StagedPolicy.Action) -> String {
        let assembly = staged(action)
        return ImpactText(Impact(from: assembly, to: assembly, enforcesStaged: true)).text
    }

    @Test("S61: a staged policy takes the place of the one of its name")
    func setReplaces() {
        #expect(
            impact(.set(Self.replacement)) == """
                opened:
                  shop/front > shop/web: 9090/tcp
                  world > shop/web: 9090/tcp
                closed:
                  shop/front > shop/web: 8080/tcp
                """)
    }

    @Test("S61: a staged deletion opens what the policy keeps closed")
    func deleteRemoves() {
        #expect(
            impact(.delete(Self.web)) == """
                opened:
                  shop/front > shop/web: 1-8079,8081-65535/tcp, every udp, every sctp, other protocols
                  world > shop/web: everything
                """)
    }

    @Test("S61: nothing of a staged policy is enforced without being asked for")
    func nothingIsEnforced() {
        #expect(impact(.none) == "")
        let assembly = staged(.set(Self.replacement))
        #expect(Impact(from: assembly, to: assembly).isEmpty)
        #expect(Reachability(AnalysedCluster(assembly)).knowsToday == false)
    }

    @Test func theTableMarksWhatWouldChange() {
        let assembly = staged(.set(Self.replacement))
        let table = MatrixTable(
            Reachability(enforcingStagedOf: assembly),
            of: AnalysedCluster(assembly, enforcesStaged: true), isASCII: true)
        #expect(
            table.text(width: 80) == """
                          1 2 3
                shop
                  1 front .*a +
                  2 web   + . +
                outside
                  3 world +*a .

                Rows send, columns receive.  + everything  - nothing  . itself
                As if the staged policies were enforced.  * otherwise than today
                a 9090/tcp
                """)
    }

    @Test func theListTellsWhatIsAllowedToday() throws {
        var bytes: [UInt8] = []
        ConnectionList(Reachability(enforcingStagedOf: staged(.set(Self.replacement))))
            .write { bytes += $0 }
        let document = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        let connections = try #require(document?["connections"] as? [[String: Any]])
        let changed = connections.filter { $0["today"] != nil }
        #expect(
            changed.map { "\($0["from"] ?? "") > \($0["to"] ?? "")" } == [
                "shop/front > shop/web", "world > shop/web",
            ])
        let today = changed.first?["today"] as? [String: Any]
        #expect(today?["tcp"] as? [[Int]] == [[8080, 8080]])
    }

    @Test(.enabled(if: Browser.command != nil, Browser.missing))
    func thePageMarksWhatWouldChange() throws {
        let assembly = staged(.set(Self.replacement))
        var bytes: [UInt8] = []
        MatrixPage(
            Reachability(enforcingStagedOf: assembly),
            of: AnalysedCluster(assembly, enforcesStaged: true)
        ).write { bytes += $0 }
        let seen = try Browser.open(
            String(decoding: bytes, as: UTF8.self),
            script: """
                const isMarked = (row, column) => {
                    const { cell, left, top } = layoutNow();
                    const ratio = window.devicePixelRatio || 1;
                    const pixel = [...chart.getContext("2d").getImageData(
                        Math.round((left + (column + 1) * cell - 3) * ratio),
                        Math.round((top + row * cell + 1) * ratio), 1, 1).data];
                    const mark = document.querySelector("aside .changed");
                    return "rgb(" + pixel.slice(0, 3).join(", ") + ")"
                        === getComputedStyle(mark).color;
                };
                const same = clickCell(1, 0), changed = clickCell(0, 1);
                return { changed, same, legend: byName('changes').hidden,
                    marks: [isMarked(0, 1), isMarked(1, 0), isMarked(2, 1)] };
                """)
        let changed = try #require(seen["changed"] as? String)
        #expect(changed.contains("Allowed then: 9090/tcp"))
        #expect(changed.contains("Allowed today: 8080/tcp"))
        #expect((seen["same"] as? String)?.contains("Allowed today") == false)
        #expect(seen["legend"] as? Bool == false)
        #expect(seen["marks"] as? [Bool] == [true, false, true])
    }
}
