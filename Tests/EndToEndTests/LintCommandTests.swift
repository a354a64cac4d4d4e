// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Testing

/// `sluice lint` as scripts use it.
struct LintCommandTests {
    private static let clean = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: front, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: web}}
          ingress: [{ports: [{port: 80}]}]

        """
    private static let doubtful = clean.replacing("port: 80", with: "port: 0120")

    @Test func theExitCodeTellsFindingsFromErrors() throws {
        let folder = try CommandFolder(["clean.yaml": Self.clean, "doubtful.yaml": Self.doubtful])
        let clean = try folder.run("lint", "-f", "clean.yaml")
        #expect(clean.status == 0)
        #expect(clean.output == "")
        #expect(clean.errors.contains("no pods or workloads in the input; skipped"))
        #expect(clean.errors.hasSuffix("no findings\n"))
        let doubtful = try folder.run("lint", "-f", "doubtful.yaml")
        #expect(doubtful.status == 1)
        #expect(doubtful.output.hasPrefix("doubtful.yaml:6: warning: NetworkPolicy shop/front: "))
        #expect(doubtful.output.hasSuffix("[doubtful-field]\n"))
        #expect(
            try folder.run("lint", "-f", "doubtful.yaml", "--disable", "doubtful-field").status == 0
        )
        #expect(try folder.run("lint", "-f", "missing.yaml").status == 2)
        #expect(try folder.run("lint", "--disable", "nonsense", "-f", "clean.yaml").status == 2)
        #expect(try folder.run("lint").status == 2)
    }

    @Test func rulesAreListedWithoutManifests() throws {
        let list = try CommandFolder([:]).run("lint", "--list-rules")
        #expect(list.status == 0)
        #expect(list.output.contains("\nselects-nothing  "))
    }

    @Test func machinesReadJSON() throws {
        let folder = try CommandFolder(["doubtful.yaml": Self.doubtful])
        let run = try folder.run("lint", "-f", "doubtful.yaml", "--format", "json")
        #expect(run.status == 1)
        let findings = try #require(try run.json["findings"] as? [[String: Any]])
        let finding = try #require(findings.first)
        #expect(finding["rule"] as? String == "doubtful-field")
        #expect(finding["file"] as? String == "doubtful.yaml")
        #expect(finding["line"] as? Int == 6)
        #expect(finding["object"] as? String == "NetworkPolicy shop/front")
    }

    @Test func machinesReadSARIF() throws {
        let folder = try CommandFolder(["a b/doubtful.yaml": Self.doubtful])
        let run = try folder.run("lint", "-f", "a b", "--format", "sarif")
        let log = try run.json
        #expect(log["version"] as? String == "2.1.0")
        let runs = try #require(log["runs"] as? [[String: Any]])
        let results = try #require(runs.first?["results"] as? [[String: Any]])
        let result = try #require(results.first)
        #expect(result["ruleId"] as? String == "doubtful-field")
        #expect(result["level"] as? String == "warning")
        let locations = try #require(result["locations"] as? [[String: Any]])
        let place = try #require(locations.first?["physicalLocation"] as? [String: Any])
        #expect(
            (place["artifactLocation"] as? [String: Any])?["uri"] as? String
                == "a%20b/doubtful.yaml")
        #expect((place["region"] as? [String: Any])?["startLine"] as? Int == 6)
        let tool = try #require(runs.first?["tool"] as? [String: Any])
        let rules = try #require((tool["driver"] as? [String: Any])?["rules"] as? [[String: Any]])
        #expect(rules.contains { $0["id"] as? String == "doubtful-field" })
    }
}
