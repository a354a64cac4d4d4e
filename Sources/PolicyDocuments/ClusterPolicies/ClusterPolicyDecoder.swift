// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Policy {
    /// Decodes an object of kind ClusterNetworkPolicy, AdminNetworkPolicy or
    /// BaselineAdminNetworkPolicy (network-policy-api: `clusternetworkpolicy_types.go`,
    /// `adminnetworkpolicy_types.go`, `baselineadminnetworkpolicy_types.go`).
    ///
    /// What the API server refuses is an error here too. A direction without rules is not governed
    /// (S55).
    init?(clusterPolicy object: Field, kind: ClusterPolicyKind, _ log: inout ProblemLog) {
        guard
            let metadata = ObjectMetadata(
                of: object, kind: kind.rawValue, scope: .cluster,
                isValidName: NameSyntax.isSubdomain, nameRule: NameSyntax.subdomainRule, &log)
        else { return nil }
        object.warnOfUnknown(besides: ["apiVersion", "kind", "metadata", "spec", "status"], &log)
        object["metadata"]?.warnOfUnknown(besides: ObjectMetadata.fields, &log)
        if kind == .baselineAdminNetworkPolicy, metadata.name != "default",
            let name = object["metadata"]?["name"]
        {
            log.error(
                name, "is not default, and a cluster has one BaselineAdminNetworkPolicy",
                remedy: "name it default")
        }
        guard let spec = object["spec"] else {
            log.missing("spec", of: object)
            return nil
        }
        guard spec.isMapping(&log) else { return nil }
        let former = log.refusesUnknownFields
        log.refusesUnknownFields = true
        defer { log.refusesUnknownFields = former }
        spec.warnOfUnknown(besides: kind.specFields, &log)
        let tier = Self.tier(spec, kind, &log)
        let priority = kind == .baselineAdminNetworkPolicy ? nil : Self.priority(spec, &log)
        let subject = EndpointSelector(subjectOf: spec, kind, &log)
        let ingress = Self.clusterRules(spec["ingress"], .ingress, kind, &log)
        let egress = Self.clusterRules(spec["egress"], .egress, kind, &log)
        guard let tier, let subject else { return nil }
        self.init(
            id: PolicyID(kind: kind.rawValue, namespace: nil, name: metadata.name),
            tier: tier.name, order: priority, subject: subject,
            ingress: ingress.isEmpty ? nil : ingress, egress: egress.isEmpty ? nil : egress)
    }

    private static func tier(
        _ spec: Field, _ kind: ClusterPolicyKind, _ log: inout ProblemLog
    ) -> Tier? {
        switch kind {
        case .adminNetworkPolicy: return .admin
        case .baselineAdminNetworkPolicy: return .baseline
        case .clusterNetworkPolicy: break
        }
        guard let field = spec["tier"] else {
            log.missing("tier", of: spec, remedy: "write Admin or Baseline")
            return nil
        }
        guard let text = field.string(&log) else { return nil }
        switch text {
        case "Admin": return .admin
        case "Baseline": return .baseline
        default:
            let meant = NearMiss.of(text, among: ["Admin", "Baseline"])
            log.error(
                field, "\(MessageText.quoted(text)) is not a tier of this API",
                remedy: "write \(meant ?? "Admin or Baseline")")
            return nil
        }
    }

    private static func priority(_ spec: Field, _ log: inout ProblemLog) -> Double? {
        guard let field = spec["priority"] else {
            log.missing("priority", of: spec, remedy: "write a number from 0, the first, to 1000")
            return nil
        }
        guard let value = field.integer(&log) else { return nil }
        guard (0...1000).contains(value) else {
            log.error(
                field, "\(value) is not a priority",
                remedy: "write a number from 0, the first, to 1000")
            return nil
        }
        return Double(value)
    }

    private static func clusterRules(
        _ field: Field?, _ direction: Direction, _ kind: ClusterPolicyKind,
        _ log: inout ProblemLog
    ) -> [Rule] {
        guard let field else { return [] }
        let hint = "write a rule with an action and its peers"
        let rules = field.elements(atMost: kind.listLimit, nullHint: hint, &log)
        return rules.compactMap { Rule(clusterRule: $0, direction, kind, &log) }
    }
}
