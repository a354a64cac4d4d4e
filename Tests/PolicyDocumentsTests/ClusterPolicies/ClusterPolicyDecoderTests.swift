// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import PolicyDocuments

struct ClusterPolicyDecoderTests {
    private let web = Selector.isOneOf(key: "app", values: ["web"])

    @Test("S52: tier and priority give the policy its place")
    func place() throws {
        for (word, tier) in [("Admin", Tier.admin), ("Baseline", Tier.baseline)] {
            for priority in [0, 1000] {
                let decoded = decode(
                    clusterPolicyText(
                        .clusterNetworkPolicy,
                        spec: "{tier: \(word), priority: \(priority), subject: {namespaces: {}}}"))
                #expect(decoded.diagnostics == [])
                let policy = try #require(decoded.policies.first?.value)
                #expect(policy.tier == tier.name)
                #expect(policy.order == Double(priority))
                #expect(
                    policy.id
                        == PolicyID(kind: "ClusterNetworkPolicy", namespace: nil, name: "guard"))
            }
        }
    }

    @Test("S60: the predecessors stand in the two tiers; the baseline one comes last in its own")
    func predecessors() throws {
        let admin = try clusterPolicy(.adminNetworkPolicy, rules: "")
        #expect(admin.tier == Tier.admin.name)
        #expect(admin.order == 7)
        #expect(admin.id.kind == "AdminNetworkPolicy")
        let baseline = try clusterPolicy(.baselineAdminNetworkPolicy, rules: "")
        #expect(baseline.tier == Tier.baseline.name)
        #expect(baseline.order == nil)
        #expect(baseline.id.kind == "BaselineAdminNetworkPolicy")
    }

    @Test(
        "tier, priority and subject are demanded and checked",
        arguments: [
            ("{priority: 1, subject: {namespaces: {}}}", "error: spec.tier: is missing"),
            (
                "{tier: admin, priority: 1, subject: {namespaces: {}}}",
                "error: spec.tier: \"admin\" is not a tier of this API"
            ),
            ("{tier: Admin, subject: {namespaces: {}}}", "error: spec.priority: is missing"),
            (
                "{tier: Admin, priority: -1, subject: {namespaces: {}}}",
                "error: spec.priority: -1 is not a priority"
            ),
            (
                "{tier: Admin, priority: 1001, subject: {namespaces: {}}}",
                "error: spec.priority: 1001 is not a priority"
            ),
            (
                "{tier: Admin, priority: 1.5, subject: {namespaces: {}}}",
                "error: spec.priority: is not a whole number"
            ),
            ("{tier: Admin, priority: 1}", "error: spec.subject: is missing"),
            ("{tier: Admin, priority: 1, subject: {}}", "error: spec.subject: selects nobody"),
            (
                """
                {tier: Admin, priority: 1, subject: {namespaces: {}, pods: {podSelector: {}}}}
                """, "error: spec.subject: has namespaces and pods"
            ),
            (
                "{tier: Admin, priority: 1, subject: {pods: {namespaceSelector: {}}}}",
                "error: spec.subject.pods.podSelector: is missing"
            ),
            (
                "{tier: Admin, priority: 1, subject: {pods: {podSelector: {}}}}",
                "warning: spec.subject.pods.namespaceSelector: is missing, and so every namespace "
                    + "is meant"
            ),
            (
                "{tier: Admin, priority: 1, subject: {namespaces: {}}, policyTypes: [Ingress]}",
                "error: spec.policyTypes: is an unknown field"
            ),
        ])
    func specs(spec: String, problem: String) throws {
        #expect(try clusterProblem(spec: spec) == problem)
    }

    @Test("a subject is all pods of some namespaces, or some of their pods")
    func subjects() throws {
        func subject(_ text: String) throws -> EndpointSelector? {
            let spec = "{tier: Admin, priority: 1, subject: \(text)}"
            return decode(clusterPolicyText(.clusterNetworkPolicy, spec: spec))
                .policies.first?.value.subject
        }
        #expect(try subject("{namespaces: {}}") == .everyPod)
        #expect(
            try subject("{namespaces: {matchLabels: {app: web}}}")
                == EndpointSelector(namespaces: .labelled(web), labels: .everything))
        #expect(
            try subject(
                """
                {pods: {namespaceSelector: {matchLabels: {app: web}}, \
                podSelector: {matchLabels: {app: web}}}}
                """) == EndpointSelector(namespaces: .labelled(web), labels: web))
    }

    @Test("S55: a direction without rules is not governed")
    func absentRules() throws {
        let policy = try clusterPolicy(rules: "ingress: []\negress: ~")
        #expect(policy.ingress == nil)
        #expect(policy.egress == nil)
        let one = try clusterPolicy(rules: "egress: [{action: Deny, to: [{namespaces: {}}]}]")
        #expect(one.ingress == nil)
        #expect(one.egress?.count == 1)
    }

    @Test("S60: there is one BaselineAdminNetworkPolicy, which is named default")
    func baselineName() {
        let other = clusterPolicyText(
            .baselineAdminNetworkPolicy, spec: head(.baselineAdminNetworkPolicy)
        ).replacing("name: default", with: "name: other")
        #expect(
            problems(other) == [
                "test.yaml:4 (document 1): BaselineAdminNetworkPolicy other: metadata.name: is not "
                    + "default, and a cluster has one BaselineAdminNetworkPolicy; name it default"
            ])
    }

    @Test func theSpecIsDemanded() {
        let text = """
            {apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, \
            metadata: {name: a}}
            """
        #expect(decode(text).diagnostics.map(\.field) == ["spec"])
    }

    @Test(arguments: ["v1alpha2", "v1beta1"])
    func bothVersionsAreRead(version: String) {
        let decoded = decode(
            """
            {apiVersion: policy.networking.k8s.io/\(version), kind: ClusterNetworkPolicy, \
            metadata: {name: a}, spec: {tier: Admin, priority: 1, subject: {namespaces: {}}}}
            """)
        #expect(decoded.diagnostics.isEmpty)
        #expect(decoded.policies.map(\.value.id.name) == ["a"])
    }

    @Test(
        "other versions and slips of the pen are refused, other APIs' kinds passed over",
        arguments: [
            ("policy.networking.k8s.io/v1alpha1", "ClusterNetworkPolicy", "v1alpha2"),
            ("policy.networking.k8s.io/v1beta2", "ClusterNetworkPolicy", "v1beta1 or"),
            ("policy.networking.k8s.io/v1beta1", "AdminNetworkPolicy", "v1alpha1"),
            ("policy.networking.k8s.io/v1alpha2", "AdminNetworkPolicy", "v1alpha1"),
            ("policy.networking.k8s.io/v1", "BaselineAdminNetworkPolicy", "v1alpha1"),
            ("networking.k8s.io/v1", "ClusterNetworkPolicy", "v1alpha2"),
            ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicys", "did you mean Cluster"),
            ("policy.networking.k8s.io/v1alpha1", "adminnetworkpolicy", "did you mean Admin"),
            ("crd.antrea.io/v1beta1", "ClusterNetworkPolicy", nil),
            ("networking.k8s.aws/v1alpha1", "ClusterNetworkPolicy", nil),
        ])
    func versions(apiVersion: String, kind: String, remedy: String?) {
        let decoded = decode("{apiVersion: \(apiVersion), kind: \(kind), metadata: {name: a}}")
        #expect(decoded.policies.isEmpty)
        #expect(decoded.hasErrors == (remedy != nil))
        if let remedy {
            #expect(decoded.diagnostics.first?.remedy?.contains(remedy) == true)
        }
    }

    @Test func listsOfThemAreRead() {
        let decoded = decode(
            """
            apiVersion: policy.networking.k8s.io/v1alpha2
            kind: ClusterNetworkPolicyList
            items:
            - metadata: {name: a}
              spec: {tier: Admin, priority: 1, subject: {namespaces: {}}}
            - metadata: {name: b}
              spec: {tier: Admin, priority: 1, subject: {namespaces: {}}}
            """)
        #expect(decoded.diagnostics == [])
        #expect(decoded.policies.map(\.value.id.name) == ["a", "b"])
    }
}
