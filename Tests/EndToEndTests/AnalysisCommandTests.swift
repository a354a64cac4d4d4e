// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import Testing

/// `sluice matrix` and `sluice diff --impact` as scripts meet them: output and exit codes.
@Suite struct AnalysisCommandTests {
    private static let shop = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {namespace: shop, name: web}
        spec: {template: {metadata: {labels: {app: web}}}}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {namespace: shop, name: web}
        spec: {podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 80}]}]}

        """

    /// Runs the command on a file of each text, whose paths stand for `OLD` and `NEW`.
    private func run(
        _ arguments: [String], old: String = shop, new: String = shop
    ) throws -> (output: String, status: Int32) {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-analysis-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = ["OLD": old, "NEW": new].mapValues {
            (folder.appendingPathComponent("\(UUID()).yaml"), $0)
        }
        for (path, text) in paths.values { try Data(text.utf8).write(to: path) }
        let ending = try SluiceCommand.run(arguments.map { paths[$0]?.0.path ?? $0 })
        return (ending.output, ending.exitCode)
    }

    @Test("S79: a matrix of manifests without pods")
    func matrix() throws {
        let result = try run(["matrix", "-f", "NEW", "--format", "json", "--port", "1-100/tcp"])
        #expect(result.status == 0)
        #expect(
            result.output == """
                {"connections":[
                {"from":"shop/web","to":"world","allowed":{"tcp":[[1,100]],"udp":[],"sctp":[],"other":false}},
                {"from":"world","to":"shop/web","allowed":{"tcp":[[80,80]],"udp":[],"sctp":[],"other":false}}
                ]}

                """)
    }

    @Test func theFormatsOfTheMatrix() throws {
        #expect(try run(["matrix", "-f", "NEW"]).output.contains("a 80/tcp"))
        let page = try run(["matrix", "-f", "NEW", "--format", "html"]).output
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
    }

    @Test func anImpactIsStatusOne() throws {
        let new = Self.shop.replacingOccurrences(of: "port: 80", with: "port: 81")
        let result = try run(["diff", "--impact", "--from", "OLD", "-f", "NEW"], new: new)
        #expect(result.status == 1)
        #expect(
            result.output == """
                opened:
                  world > shop/web: 81/tcp
                closed:
                  world > shop/web: 80/tcp

                """)
    }

    @Test func noImpactIsStatusZeroAndSaysNothing() throws {
        let result = try run(["diff", "--impact", "--from", "OLD", "-f", "NEW"])
        #expect(result.status == 0)
        #expect(result.output == "")
    }

    @Test(arguments: [
        ["diff", "--impact", "-f", "NEW"], ["diff", "--from", "OLD", "-f", "NEW"],
        ["diff", "--impact", "--from", "/nowhere", "-f", "NEW"],
        ["diff", "--impact", "--from", "OLD", "-f", "NEW", "--node", "a"],
        ["matrix"], ["matrix", "-f", "/nowhere"], ["matrix", "-f", "NEW", "--port", "0/tcp"],
        ["matrix", "-f", "NEW", "--port", "80-79"],
        ["matrix", "-f", "NEW", "--only-namespace", "elsewhere"],
    ])
    func mistakesAreStatusTwo(_ arguments: [String]) throws {
        #expect(try run(arguments).status == 2)
    }

    @Test func explainKnowsAWorkloadFromAPodOfItsName() throws {
        let container = "spec: {containers: [{name: c}]}"
        let template = { (app: String) in
            "template: {metadata: {labels: {app: \(app)}}, \(container)}"
        }
        let owner = "{apiVersion: apps/v1, kind: StatefulSet, name: db, controller: true, uid: u}"
        let folder = try CommandFolder([
            "shop.yaml": """
            {apiVersion: apps/v1, kind: Deployment, metadata: {namespace: shop, name: web}, \
            spec: {\(template("web"))}}
            ---
            {apiVersion: apps/v1, kind: StatefulSet, metadata: {namespace: shop, name: db}, \
            spec: {\(template("db"))}}
            ---
            {apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: web}, \(container)}
            ---
            {apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: db-0, labels: {app: db}, \
            ownerReferences: [\(owner)]}, \(container), status: {podIP: 10.0.0.2}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {namespace: shop, name: p}
            spec:
              podSelector: {matchExpressions: [{key: app, operator: In, values: [web, db]}]}
              policyTypes: [Ingress]

            """
        ])
        let explain = { (receiver: String) in
            try folder.run(
                "explain", "-f", "shop.yaml", "-n", "shop", "--from", "192.0.2.1", "--to", receiver,
                "--port", "80")
        }
        #expect(try explain("shop/web").status == 0)
        for receiver in ["shop/deployment/web", "deploy/web"] {
            #expect(
                try explain(receiver).output.hasPrefix(
                    "DENIED  192.0.2.1 -> shop/deployment/web  80/tcp\n"))
        }
        #expect(
            try explain("shop/statefulset/db").output.hasPrefix(
                "DENIED  192.0.2.1 -> shop/db-0  80/tcp\n"))
        let unknown = try explain("shop/statefulset/web")
        #expect(unknown.status == 2)
        #expect(unknown.errors.contains("the input has no workload shop/statefulset/web"))
    }
}
