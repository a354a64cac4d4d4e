// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Testing

/// `sluice test` as scripts use it.
struct TestCommandTests {
    private static let policy = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web, namespace: shop}
        spec:
          podSelector: {matchLabels: {app: web}}
          ingress: [{ports: [{port: 80}]}]

        """

    private static func tests(_ expectation: String) -> String {
        """
        manifests: ../policies
        pods: [{name: shop/web, labels: {app: web}}]
        tests:
        - name: the \u{2713} "shop"
          \(expectation)

        """
    }

    private static func folder() throws -> CommandFolder {
        try CommandFolder([
            "policies/web.yaml": policy,
            "tests/pass.yaml": tests("allow: {from: world, to: shop/web, port: 80}"),
            "tests/fail.yaml": tests("allow: {from: world, to: shop/web, port: 81}"),
            "tests/wrong.yaml": tests("alow: {from: world, to: shop/web, port: 81}"),
            "tests/unknown.yaml": tests("allow: {from: world, to: shop/web}")
                .replacing("policies", with: "nowhere"),
        ])
    }

    @Test func theExitCodeTellsFailuresFromMistakes() throws {
        let folder = try Self.folder()
        let pass = try folder.run("test", "tests/pass.yaml")
        #expect(pass.status == 0)
        #expect(pass.output == "tests/pass.yaml\n  ✓ the ✓ \"shop\"\n")
        #expect(pass.errors == "1 test in 1 file: 1 passed, 0 failed (2 pairs judged)\n")
        let fail = try folder.run("test", "tests/pass.yaml", "tests/fail.yaml")
        #expect(fail.status == 1)
        #expect(
            fail.output.contains(
                """
                  ✗ the ✓ "shop"
                      tests/fail.yaml:5: expected allow, got deny: world (such as 203.0.113.1) -> \
                shop/web, 81/tcp
                        ingress to shop/web: denied, because it is isolated by NetworkPolicy shop/web \
                (policies/web.yaml:1), and no rule allows it
                """))
        let wrong = try folder.run("test", "tests/wrong.yaml", "tests/pass.yaml")
        #expect(wrong.status == 2)
        #expect(wrong.output.contains("✓"))
        #expect(
            wrong.errors.contains(
                "tests/wrong.yaml:5 (document 1): tests[0].alow: is an unknown field; did you mean allow?"
            ))
        let unknown = try folder.run("test", "tests/unknown.yaml")
        #expect(unknown.status == 2)
        #expect(
            unknown.errors.contains("tests/unknown.yaml:1 (document 1): nowhere: does not exist"))
    }

    @Test func manifestsMayComeFromTheCommandLine() throws {
        let test = Self.tests("deny: {from: world, to: shop/web, port: 81}")
            .replacing("manifests: ../policies\n", with: "")
        let folder = try CommandFolder([
            "web.yaml": Self.policy,
            "test.yaml": test,
            // Foundation's ways to take a path apart end the process at a name of one letter.
            "t": test + "manifests: [./web.yaml]\n",
        ])
        #expect(try folder.run("test", "test.yaml", "-f", "web.yaml").status == 0)
        #expect(try folder.run("test", "t").status == 0)
        let without = try folder.run("test", "test.yaml")
        #expect(without.status == 1)
        #expect(without.errors.contains("there is no policy in its manifests"))
    }

    @Test func machinesReadJSON() throws {
        let run = try Self.folder().run("test", "tests/fail.yaml", "--format", "json")
        #expect(run.status == 1)
        #expect(try run.json["failed"] as? Int == 1)
        let files = try #require(try run.json["files"] as? [[String: Any]])
        let tests = try #require(files.first?["tests"] as? [[String: Any]])
        let failures = try #require(tests.first?["failures"] as? [[String: Any]])
        #expect(failures.first?["ports"] as? String == "81/tcp")
        #expect(failures.first?["line"] as? Int == 5)
    }

    @Test func machinesReadJUnit() throws {
        let run = try Self.folder().run("test", "tests/fail.yaml", "--format", "junit")
        #expect(run.output.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "))
        #expect(run.output.contains("name=\"the ✓ &quot;shop&quot;\""))
    }

    @Test func machinesLearnOfFilesThatCouldNotBeRun() throws {
        let folder = try Self.folder()
        let junit = try folder.run(
            "test", "--format", "junit", "tests/wrong.yaml", "tests/pass.yaml")
        #expect(junit.status == 2)
        #expect(junit.output.contains("tests=\"2\" failures=\"0\" errors=\"1\">"))
        let complaint = "tests/wrong.yaml:5 (document 1): tests[0].alow: is an unknown field"
        #expect(junit.output.contains("<error message=\"\(complaint)"))
        let json = try folder.run(
            "test", "--format", "json", "tests/wrong.yaml", "tests/pass.yaml")
        #expect(json.status == 2)
        let files = try #require(try json.json["files"] as? [[String: Any]])
        let problems = files.map { $0["problems"] as? [String] ?? [] }
        #expect(problems.map(\.count) == [1, 0])
        #expect(problems.first?.first?.hasPrefix(complaint) == true)
    }
}
