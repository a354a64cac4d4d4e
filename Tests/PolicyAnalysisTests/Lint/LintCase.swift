// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyAnalysis
import PolicyDocuments
import Testing

/// Manifests in which comments say what lint should find: `# !rule-a !rule-b` at the end of a line
/// means these findings at this line, and nothing else.
struct LintCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    private let text: String
    private let cluster: String

    /// - Parameters:
    ///   - name: What the case is about.
    ///   - text: The manifests.
    ///   - cluster: The pods and namespaces beside them.
    init(_ name: String, _ text: String, cluster: String = Self.shop) {
        testDescription = name
        self.text = text
        self.cluster = cluster
    }

    /// A NetworkPolicy in `shop`; the lines of its spec begin at line 5 of the text.
    static func policy(
        _ name: String, _ spec: String, name policyName: String = "front",
        cluster: String = Self.shop
    ) -> LintCase {
        LintCase(name, policyText(spec, name: policyName), cluster: cluster)
    }

    static func policyText(_ spec: String, name: String = "front") -> String {
        let lines = spec.split(separator: "\n", omittingEmptySubsequences: false)
        return """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: \(name), namespace: shop}
            spec:
            \(lines.map { "  \($0)" }.joined(separator: "\n"))

            """
    }

    func report(disabled: Set<LintRule> = [], isPedantic: Bool = false) -> LintReport {
        var decoder = DocumentDecoder(readsWorkloads: true)
        decoder.keepsLayouts = true
        let sources = [
            Source(name: "policy.yaml", text: text), Source(name: "cluster.yaml", text: cluster),
        ]
        return Linter(
            decoder.decode(sources.filter { !$0.bytes.isEmpty }), disabled: disabled,
            isPedantic: isPedantic
        ).report()
    }

    /// What lint finds, as `line rule`.
    var found: [String] {
        report().findings.map { "\($0.origin.source):\($0.origin.line) \($0.rule.rawValue)" }
            .sorted()
    }

    /// What the comments say.
    var expected: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .flatMap { index, line -> [String] in
                guard let comment = line.split(separator: "#").dropFirst().last else { return [] }
                return comment.split(separator: " ").filter { $0.first == "!" }.map {
                    "policy.yaml:\(index + 1) \($0.dropFirst())"
                }
            }.sorted()
    }

    /// The pods `web`, `db` and `node-agent` (of the host network) in `shop`, a controller in
    /// `ingress`, and DNS.
    static let shop = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {team: red}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: ingress, labels: {purpose: ingress}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: kube-system}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: empty, labels: {team: none}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec:
          template:
            metadata: {labels: {app: web, tier: front}}
            spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: db, namespace: shop, labels: {app: db, tier: back}}
        spec: {containers: [{name: c, ports: [{name: pg, containerPort: 5432}]}]}
        status: {podIPs: [{ip: 10.1.0.5}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: node-agent, namespace: shop, labels: {app: node-agent}}
        spec: {hostNetwork: true}
        status: {podIPs: [{ip: 192.168.0.5}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: controller, namespace: ingress, labels: {app: nginx}}
        status: {podIPs: [{ip: 10.1.0.6}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: coredns, namespace: kube-system, labels: {k8s-app: kube-dns}}
        spec: {containers: [{name: c, ports: [{name: dns, containerPort: 53, protocol: UDP}]}]}
        status: {podIPs: [{ip: 10.1.0.7}]}

        """
}
