// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

@Suite struct CalicoPolicyDecoderTests {
    @Test(
        "S62: without types the directions that have rules count, and ingress where none has",
        arguments: [
            ("{}", true, false), ("{ingress: []}", true, false),
            ("{egress: []}", true, false), ("{ingress: [{action: Deny}]}", true, false),
            ("{egress: [{action: Deny}]}", false, true),
            ("{ingress: [{action: Deny}], egress: [{action: Deny}]}", true, true),
            ("{types: []}", true, false), ("{types: [Egress]}", false, true),
            ("{types: [Ingress, Egress]}", true, true),
            ("{types: [Ingress], egress: [{action: Deny}]}", true, false),
        ])
    func types(spec: String, governsIngress: Bool, governsEgress: Bool) throws {
        for kind in ["NetworkPolicy", "GlobalNetworkPolicy"] {
            let policy = try calicoPolicy(spec, kind: kind)
            #expect((policy.ingress != nil) == governsIngress)
            #expect((policy.egress != nil) == governsEgress)
        }
    }

    @Test func aNamespacedPolicySelectsInItsNamespace() throws {
        let policy = try calicoPolicy(
            "{tier: security, order: 99.5, selector: app == 'web', serviceAccountSelector: has(team), "
                + "performanceHints: [AssumeNeededOnEveryNode]}")
        #expect(
            policy.id
                == PolicyID(
                    kind: "NetworkPolicy.projectcalico.org", namespace: "shop", name: "front"))
        #expect(policy.tier == "security")
        #expect(policy.order == 99.5)
        #expect(
            policy.subject
                == EndpointSelector(
                    namespaces: .named("shop"), labels: .isOneOf(key: "app", values: ["web"]),
                    serviceAccounts: .has("team"), reach: .everything))
        #expect(policy.hostTraffic == .local)
    }

    @Test func aGlobalPolicySelectsEverythingUnlessItNamesNamespaces() throws {
        let everything = try calicoPolicy("{}", kind: "GlobalNetworkPolicy")
        #expect(everything.id.namespace == nil)
        #expect(everything.order == nil)
        #expect(everything.tier == "default")
        #expect(everything.subject == .everyEndpoint)
        let some = try calicoPolicy(
            "{namespaceSelector: projectcalico.org/name == 'shop'}", kind: "GlobalNetworkPolicy")
        #expect(
            some.subject.namespaces
                == .labelled(.isOneOf(key: "projectcalico.org/name", values: ["shop"])))
        let all = try calicoPolicy("{namespaceSelector: all()}", kind: "GlobalNetworkPolicy")
        #expect(all.subject.namespaces == .labelled(.has("projectcalico.org/name")))
    }

    @Test(
        arguments: [
            ("{}", HostTraffic.local), ("{applyOnForward: true}", .forwardedToo),
            ("{applyOnForward: true, preDNAT: true}", .beforeTranslation),
            ("{applyOnForward: true, doNotTrack: true}", .untracked),
            ("{applyOnForward: false, preDNAT: false}", .local),
        ])
    func hostTraffic(spec: String, traffic: HostTraffic) throws {
        #expect(try calicoPolicy(spec, kind: "GlobalNetworkPolicy").hostTraffic == traffic)
    }

    @Test("Clusters store a policy's name with its tier in front")
    func storedNames() throws {
        func name(_ stored: String, tier: String) throws -> String {
            let text = calicoText(
                "GlobalNetworkPolicy", stored, spec: "{tier: \(tier)}",
                version: "crd.projectcalico.org/v1")
            return try #require(decode(text).policies.first).value.id.name
        }
        #expect(try name("default.front", tier: "default") == "front")
        #expect(try name("front", tier: "default") == "front")
        #expect(try name("security.front", tier: "security") == "security.front")
        #expect(try name("default.front", tier: "security") == "default.front")
    }

    @Test(
        arguments: [
            ("{types: [Ingres]}", "spec.types[0]: \"Ingres\" is not a policy type"),
            ("{types: [ingress]}", "spec.types[0]: \"ingress\" is not a policy type"),
            ("{types: [Egress, Egress]}", "spec.types[1]: stands there twice"),
            ("{tier: Not_A_Tier}", "spec.tier: \"Not_A_Tier\" is not a tier's name"),
            ("{order: first}", "spec.order: is not a number"),
            ("{order: .inf}", "spec.order: is not a number"),
            ("{performanceHints: [Fast]}", "spec.performanceHints[0]: \"Fast\" is not a hint"),
            ("{applyOnForward: maybe}", "spec.applyOnForward: is text, not a boolean"),
            ("{preDNAT: true}", "spec.preDNAT: stands without applyOnForward"),
            ("{doNotTrack: true}", "spec.doNotTrack: stands without applyOnForward"),
            (
                "{applyOnForward: true, preDNAT: true, doNotTrack: true}",
                "spec.preDNAT: stands beside doNotTrack"
            ),
            (
                "{applyOnForward: true, preDNAT: true, types: [Egress]}",
                "spec.preDNAT: stands in a policy for egress"
            ),
            (
                "{applyOnForward: true, preDNAT: true, egress: [{action: Deny}]}",
                "spec.preDNAT: stands in a policy for egress"
            ),
            ("{ingress: {}}", "spec.ingress: is a mapping, not a list"),
            ("{ingress: [null]}", "spec.ingress[0]: is empty"),
            ("[]", "spec: is a list, not a mapping"),
        ])
    func badSpec(spec: String, problem: String) {
        #expect(calicoProblems("GlobalNetworkPolicy", spec) == [problem])
    }

    @Test("global() has no place where a policy selects its endpoints")
    func globalMisuse() {
        for field in ["selector", "namespaceSelector", "serviceAccountSelector"] {
            let problems = calicoProblems("GlobalNetworkPolicy", "{\(field): global()}")
            #expect(problems.count == 1)
            #expect(problems.first?.hasPrefix("spec.\(field): column 1: ") == true)
        }
    }

    @Test func aSelectorsErrorNamesTheColumn() {
        let problems = calicoProblems("NetworkPolicy", "{selector: \"app = 'web'\"}")
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix("spec.selector: column ") == true)
        let long = "has(a)" + String(repeating: " || has(a)", count: 120)
        #expect(
            calicoProblems("NetworkPolicy", "{selector: \"\(long)\"}")
                == ["spec.selector: has \(long.count) characters"])
    }

    @Test("S65: a label's value that looks like a selector is just a value")
    func valueIsJustAValue() throws {
        let rule = try calicoRule(
            "{action: Allow, source: {namespaceSelector: \"team == 'all()' || team == 'global()'\"}}"
        )
        guard case .only(let peers) = rule.peers, case .endpoints(let selector)? = peers.first
        else { throw MissingPart() }
        guard case .labelled(let condition) = selector.namespaces else { throw MissingPart() }
        #expect(condition.matches(["team": "all()"]))
        #expect(condition.matches(["team": "global()"]))
        #expect(!condition.matches(["team": "red"]))
    }

    @Test(
        "S67: a misspelt field of a spec is an error, for it may have been meant to narrow it",
        arguments: [
            ("NetworkPolicy", "doNotTrack: true", "doNotTrack"),
            ("NetworkPolicy", "namespaceSelector: all()", "namespaceSelector"),
            ("GlobalNetworkPolicy", "selecter: a == 'b', ingress: [{action: Allow}]", "selecter"),
            ("GlobalNetworkPolicy", "policyTypes: [Egress]", "policyTypes"),
            ("StagedGlobalNetworkPolicy", "teir: security", "teir"),
            ("StagedNetworkPolicy", "egres: [{action: Allow}]", "egres"),
            ("Tier", "ordr: 10", "ordr"), ("NetworkSet", "net: [192.0.2.0/24]", "net"),
            ("GlobalNetworkSet", "cidrs: [192.0.2.0/24]", "cidrs"),
        ])
    func unknownFields(_ kind: String, _ spec: String, _ field: String) {
        #expect(calicoProblems(kind, "{\(spec)}") == ["spec.\(field): is an unknown field"])
    }

    @Test func fieldsOfKubernetesPoliciesHaveOthersNamed() {
        let text = calicoText(
            "NetworkPolicy", namespace: "shop",
            spec: "{podSelector: {}, policyTypes: [Ingress], priority: 5}")
        #expect(
            decode(text).diagnostics.map(\.remedy)
                == ["did you mean selector?", "did you mean types?", "did you mean order?"])
    }
}
