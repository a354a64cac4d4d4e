// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyAnalysis
import Testing

/// What findings say, and how rules are left out.
struct LintReportTests {
    private func lines(_ lintCase: LintCase) -> [String] {
        lintCase.report().findings.map(\.description)
    }

    @Test func aFindingNamesPlaceObjectFieldAndRemedy() {
        let misspelt = LintCase.policy(
            "", "podSelector:\n  matchLabels:\n    ap: web\ningress: [{}]")
        #expect(
            lines(misspelt) == [
                "policy.yaml:7: warning: NetworkPolicy shop/front: spec.podSelector.matchLabels[ap]: "
                    + "selects no pod: no pod of shop has the label ap; did you mean app? "
                    + "[selects-nothing]"
            ])
    }

    @Test func aShadowedRuleNamesWhatCoversIt() {
        let text =
            LintCase.policyText(
                "podSelector: {matchLabels: {app: web}}\ningress:\n- ports: [{port: 80}]\n"
                    + "- ports: [{port: 9000}]")
            + "---\n"
            + LintCase.policyText("podSelector: {}\ningress: [{ports: [{port: 80}]}]", name: "all")
        #expect(
            lines(LintCase("", text)) == [
                "policy.yaml:7: warning: NetworkPolicy shop/front: spec.ingress[0]: allows nothing to "
                    + "its pods that NetworkPolicy shop/all spec.ingress[0] at policy.yaml:15 does not "
                    + "allow; remove it [shadowed-rule]"
            ])
    }

    @Test("S3: the last egress rule without policyTypes keeps egress governed")
    func removingTheLastEgressRule() throws {
        let text =
            LintCase.policyText(
                "podSelector: {matchLabels: {app: web}}\ningress: [{}]\negress: [{}]")
            + "---\n"
            + LintCase.policyText(
                "podSelector: {}\npolicyTypes: [Egress]\negress: [{}]", name: "all")
        let finding = try #require(LintCase("", text).report().findings.first)
        #expect(finding.rule == .shadowedRule)
        #expect(finding.remedy?.contains("policyTypes: [Ingress, Egress]") == true)
    }

    @Test func anAnnotationDisablesRulesForItsObject() {
        let text = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata:
              name: front
              namespace: shop
              annotations: {sluice.dev/lint-disable: "selects-nothing, denies-al"}
            spec: {podSelector: {matchLabels: {app: nobody}}}
            """
        let found = LintCase("", text).report().findings
        #expect(found.map(\.rule) == [.doubtfulField, .deniesAll])
        #expect(found.first?.remedy == "did you mean denies-all?")
        #expect(found.first?.origin.line == 6)
    }

    @Test func disabledRulesAreNotAsked() {
        let denied = LintCase.policy("", "podSelector: {}\npolicyTypes: [Ingress]")
        #expect(denied.report().findings.map(\.rule) == [.deniesAll])
        #expect(denied.report(disabled: [.deniesAll]).findings == [])
    }

    @Test func notesAreNoProblem() {
        let denied = LintCase.policy("", "podSelector: {}\npolicyTypes: [Ingress]").report()
        #expect(denied.count(.note) == 1)
        #expect(!denied.hasProblems)
    }

    @Test func withoutPodsTheRulesThatNeedThemAreSkippedAndSaidToBe() {
        let policy = LintCase.policy(
            "", "podSelector: {matchLabels: {ap: web}}\ningress: [{}]", cluster: ""
        ).report()
        #expect(policy.findings == [])
        #expect(policy.skippedRules.contains(.selectsNothing))
        #expect(!policy.skippedRules.contains(.shadowedRule))
        #expect(LintCase.policy("", "podSelector: {}").report().skippedRules == [])
    }

    @Test func ungovernedPodsAreFoundOnRequest() {
        let policy = LintCase.policy("", "podSelector: {matchLabels: {app: web}}\ningress: [{}]")
        let found = policy.report(isPedantic: true).findings.filter { $0.rule == .ungovernedPod }
        #expect(
            found.compactMap(\.object) == [
                "Pod shop/db", "Pod ingress/controller", "Pod kube-system/coredns",
            ])
        #expect(policy.report().findings == [])
    }

    @Test func hostileTextStaysOnItsLine() {
        let text = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata:
              name: front
              namespace: shop
              annotations: {sluice.dev/lint-disable: "\\e[31m"}
            spec: {podSelector: {}, "x\\ny\\e[0m": 1, ingress: [{}]}
            """
        let lines = lines(LintCase("", text))
        #expect(lines.count == 2)
        #expect(lines.allSatisfy { line in line.unicodeScalars.allSatisfy { $0.value >= 0x20 } })
    }
}
