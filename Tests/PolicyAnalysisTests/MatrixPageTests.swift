// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import Testing

@testable import PolicyAnalysis

/// The page of a matrix, in a browser.
@Suite(.enabled(if: Browser.command != nil, Browser.missing), .serialized)
struct MatrixPageTests {
    /// Two `front` may speak to `web` on 8080/tcp, and everybody to `front`.
    private static let shop = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: allow-front}
        spec:
          podSelector: {matchLabels: {app: web}}
          ingress: [{from: [{podSelector: {matchLabels: {app: front}}}], ports: [{port: 8080}]}]

        """
        + workload("Deployment", "web")
        + ["front-1", "front-2"].map { name in
            """
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: \(name), labels: {app: front}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: probe, namespace: ops-\(name)}

            """
        }.joined()

    private func page(of cluster: AnalysedCluster, _ view: MatrixView = MatrixView()) -> String {
        var bytes: [UInt8] = []
        MatrixPage(Reachability(cluster), of: cluster, view: view).write { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func aCellHasTheColourOfWhatIsAllowed() throws {
        let seen = try Browser.open(
            page(of: cluster(Self.shop)),
            script: "return { count: byName('count').textContent, colours: colours() };")
        #expect(seen["count"] as? String == "5 pods; 5 × 5 shown")
        #expect(
            seen["colours"] as? [String] == [
                "none everything everything nothing everything",
                "everything none everything nothing everything",
                "everything everything everything some everything",
                "everything everything everything none everything",
                "everything everything everything nothing none",
            ])
    }

    @Test func aClickTellsWhichRulesDecide() throws {
        let seen = try Browser.open(
            page(of: cluster(Self.shop)),
            script: "return { allowed: clickCell(2, 3), denied: clickCell(0, 3) };")
        let allowed = try #require(seen["allowed"] as? String)
        #expect(allowed.contains("shop/front-* (2) → shop/web"))
        #expect(allowed.contains("Allowed: 8080/tcp"))
        #expect(allowed.contains("No policy governs shop/front-* (2) in this direction"))
        #expect(
            allowed.contains(
                "allows 8080/tcp: NetworkPolicy shop/allow-front, ingress rule 1 "
                    + "(from pods app=front in namespace shop; 8080/tcp)"))
        let denied = try #require(seen["denied"] as? String)
        #expect(denied.contains("Allowed: nothing"))
        #expect(denied.contains("None of their rules is about ops-front-1/probe."))
        #expect(denied.contains("these policies isolate shop/web"))
    }

    @Test func thePortFilterDecidesWhatIsSeen() throws {
        let seen = try Browser.open(
            page(of: cluster(Self.shop)),
            script: """
                const seen = {};
                for (const text of ["8080/tcp", "8080", "8080/udp", "8000-8080/tcp", "udp"]) {
                    type("port", text);
                    seen[text] = colourOf(2, 3);
                }
                type("port", "80/tpc");
                seen.invalid = byName("port").getAttribute("aria-invalid");
                return seen;
                """)
        #expect(seen["8080/tcp"] as? String == "everything")
        #expect(seen["8080"] as? String == "everything")
        #expect(seen["8080/udp"] as? String == "nothing")
        #expect(seen["8000-8080/tcp"] as? String == "some")
        #expect(seen["udp"] as? String == "nothing")
        #expect(seen["invalid"] as? String == "true")
    }

    @Test func namespacesFilterRowsAndColumns() throws {
        let seen = try Browser.open(
            page(of: cluster(Self.shop)),
            script: """
                type("senders", "shop");
                const first = layoutNow();
                type("receivers", "ops world");
                return { rows: first.rows, columns: first.columns, ...{ both: colours() } };
                """)
        #expect(seen["rows"] as? Int == 2)
        #expect(seen["columns"] as? Int == 5)
        #expect(
            seen["both"] as? [String] == [
                "everything everything everything", "everything everything everything",
            ])
    }

    @Test func namesUnfoldAndFold() throws {
        let seen = try Browser.open(
            page(of: cluster(Self.shop)),
            script: """
                clickRowName(2);
                const unfolded = layoutNow().rows;
                clickRowName(3);
                const folded = layoutNow().rows;
                byName("level").value = "namespaces";
                byName("level").dispatchEvent(new Event("change"));
                const summary = clickCell(0, 2) + clickCell(2, 2);
                return { unfolded, folded, namespaces: layoutNow().rows, summary };
                """)
        #expect(seen["unfolded"] as? Int == 6)
        #expect(seen["folded"] as? Int == 5)
        #expect(seen["namespaces"] as? Int == 4)
        let summary = try #require(seen["summary"] as? String)
        #expect(summary.contains("2 of 3 pairs of pods may send something"))
        #expect(summary.contains("6 of 6 pairs of pods may send something"))
    }

    @Test func aViewIsWhereTheFiltersBegin() throws {
        let view = MatrixView(
            packets: TransportSet(.tcp, ports: 8000...8080), namespaces: ["shop"])
        let seen = try Browser.open(
            page(of: cluster(Self.shop), view),
            script: """
                return { port: byName("port").value, from: byName("senders").value,
                    rows: layoutNow().rows };
                """)
        #expect(seen["port"] as? String == "8000-8080/tcp")
        #expect(seen["from"] as? String == "shop")
        #expect(seen["rows"] as? Int == 2)
    }

    /// Decoders refuse such names; if one comes through all the same, it is a name.
    @Test func hostileNamesAreText() throws {
        let names = [
            "<img src=x onerror=document.title='owned'>",
            "</script><script>document.title='owned'</script>", "\"'&amp;\u{2028}\\",
        ]
        let selector = EndpointSelector(
            namespaces: .any, labels: .isOneOf(key: names[0], values: [names[1], names[2]]))
        let state = ClusterState(
            namespaces: names.map { Namespace(name: $0) },
            endpoints: names.map {
                Endpoint(
                    id: EndpointID(namespace: $0, name: $0), labels: [names[0]: names[1]],
                    namedPorts: [NamedPort(name: $0, transport: .tcp, number: 80)])
            },
            policies: names.map { name in
                Policy(
                    id: PolicyID(kind: "NetworkPolicy", namespace: name, name: name),
                    subject: .everyEndpoint,
                    ingress: [
                        Rule(
                            .allow, peers: .only([.endpoints(selector)]),
                            ports: .only([.named(.tcp, name)]))
                    ])
            })
        let seen = try Browser.open(
            page(of: AnalysedCluster(state)),
            script: """
                let text = "";
                for (let row = 0; row < 4; row++)
                    for (let column = 0; column < 4; column++) text += clickCell(row, column);
                return { title: document.title, images: document.images.length, text,
                    scripts: document.scripts.length, rows: layoutNow().rows };
                """)
        #expect(seen["title"] as? String == "Who reaches whom")
        #expect(seen["images"] as? Int == 0)
        // The data, the page's own, and the one that asks.
        #expect(seen["scripts"] as? Int == 3)
        #expect(seen["rows"] as? Int == 4)
        let text = try #require(seen["text"] as? String)
        for name in names { #expect(text.contains("NetworkPolicy \(name)/\(name)")) }
    }

    @Test func noOtherScriptThanThePagesOwnRuns() throws {
        let seen = try Browser.open(
            page(of: cluster(Self.shop)),
            script: """
                const script = document.createElement("script");
                script.textContent = "document.title = 'owned'";
                document.body.append(script);
                return { title: document.title };
                """)
        #expect(seen["title"] as? String == "Who reaches whom")
    }

    @Test func manyPartsOfTheWorldAreOneRowAmongNamespaces() throws {
        let blocks = (0..<20).map { number in
            """
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: p\(number)}
            spec:
              podSelector: {}
              ingress: [{from: [{ipBlock: {cidr: 192.0.2.\(number)/32}}], ports: [{port: \(number + 1)}]}]

            """
        }.joined()
        let seen = try Browser.open(
            page(of: cluster(workload("Deployment", "web") + blocks)),
            script: """
                const all = layoutNow().rows;
                byName("level").value = "namespaces";
                byName("level").dispatchEvent(new Event("change"));
                return { all, folded: layoutNow().rows, world: clickCell(1, 0),
                    outside: clickCell(1, 1) };
                """)
        #expect(seen["all"] as? Int == 22)
        #expect(seen["folded"] as? Int == 2)
        #expect((seen["world"] as? String)?.contains("outside (21)") == true)
        #expect(
            (seen["outside"] as? String)?.contains("Between two addresses outside: not asked.")
                == true)
    }

    @Test func aThousandPodsThatAreAllDifferentAreDrawn() throws {
        let state = ClusterState(
            namespaces: [Namespace(name: "a"), Namespace(name: "b")],
            endpoints: (0..<1000).map { number in
                Endpoint(
                    id: EndpointID(namespace: number < 500 ? "a" : "b", name: "pod-\(number)"),
                    labels: ["number": "\(number)"])
            },
            policies: (0..<1000).map { number in
                let pod = { (number: Int) in
                    EndpointSelector(
                        namespaces: .any,
                        labels: .isOneOf(key: "number", values: ["\(number % 1000)"]))
                }
                return Policy(
                    id: PolicyID(
                        kind: "NetworkPolicy", namespace: number < 500 ? "a" : "b",
                        name: "policy-\(number)"),
                    subject: pod(number),
                    ingress: [Rule(.allow, peers: .only([.endpoints(pod(number + 1))]))])
            })
        let seen = try Browser.open(
            page(of: AnalysedCluster(state)),
            script: """
                const folded = layoutNow();
                byName("level").value = "pods";
                byName("level").dispatchEvent(new Event("change"));
                const start = performance.now();
                type("port", "80/tcp");
                return { folded: folded.rows, rows: layoutNow().rows, cell: colourOf(1, 0),
                    other: colourOf(0, 1), milliseconds: performance.now() - start };
                """)
        print("filtered and drawn in \(seen["milliseconds"] ?? "?") ms")
        #expect(seen["folded"] as? Int == 3)
        #expect(seen["rows"] as? Int == 1001)
        #expect(seen["cell"] as? String == "everything")
        #expect(seen["other"] as? String == "nothing")
    }
}

/// What holds for the page without a browser.
@Suite struct MatrixPageTextTests {
    @Test func thePagesPolicyKnowsThePagesScript() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(MatrixPage.script.utf8))
        try input.fileHandleForWriting.close()
        let hex = output.fileHandleForReading.readDataToEndOfFile().prefix(64)
        process.waitUntilExit()
        let digits = Array(String(decoding: hex, as: UTF8.self))
        let bytes = stride(from: 0, to: 64, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        let digest = String(decoding: Base64.encode(bytes), as: UTF8.self)
        #expect(MatrixPage.scriptDigest == digest)
    }

    @Test func thePageLoadsNothing() {
        var bytes: [UInt8] = []
        let cluster = cluster(workload("Deployment", "web"))
        MatrixPage(Reachability(cluster), of: cluster).write { bytes += $0 }
        let page = String(decoding: bytes, as: UTF8.self)
        for word in ["http:", "https:", " src=", "url(", "@import", "<link", "eval("] {
            #expect(!page.contains(word), "\(word)")
        }
    }
}
