// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Policy {
    /// Where NetworkPolicies stand in their tier, when other APIs' policies stand there too.
    static let networkPolicyOrder = 1000.0

    /// Decodes an object of kind NetworkPolicy.
    ///
    /// All of it is optional but the name. Without a `spec` it is as with an empty one: it selects
    /// every pod of its namespace, for the API takes a missing podSelector for `{}`, and allows
    /// them no ingress. Rules of a direction that the policy does not govern are checked, as the
    /// API server does, and then left out.
    ///
    /// - Parameters:
    ///   - kind: what messages call it.
    ///   - furtherFields: what else its `spec` may hold.
    ///   - needsSelector: whether a missing podSelector is worth a warning.
    init?(
        networkPolicy object: Field, kind: String = "NetworkPolicy", furtherFields: [String] = [],
        needsSelector: Bool = true, defaultNamespace: String, _ log: inout ProblemLog
    ) {
        guard
            let metadata = ObjectMetadata(
                of: object, kind: kind, scope: .namespaced(default: defaultNamespace),
                isValidName: NameSyntax.isSubdomain, nameRule: NameSyntax.subdomainRule, &log)
        else { return nil }
        let namespace = metadata.namespace ?? defaultNamespace
        object.warnOfUnknown(besides: ["apiVersion", "kind", "metadata", "spec", "status"], &log)
        object["metadata"]?.warnOfUnknown(besides: ObjectMetadata.fields, &log)
        for (_, value) in object["metadata"]?["annotations"]?.entries(&log) ?? [] {
            _ = value.string(&log)
        }
        let spec = object.structure("spec", &log)
        spec?.warnOfUnknown(
            besides: ["podSelector", "policyTypes", "ingress", "egress"] + furtherFields, &log)

        let narrowest = spec ?? object
        let missing = spec == nil ? "spec" : "podSelector"
        if needsSelector, narrowest[missing] == nil {
            log.report(
                .warning, at: narrowest.node.position, path: .member(narrowest.path, missing),
                "is missing, and so the policy selects every pod of its namespace",
                remedy: "write podSelector: {} if that is meant")
        }
        let ingress = Self.rules(spec?["ingress"], .ingress, namespace, &log)
        let egress = Self.rules(spec?["egress"], .egress, namespace, &log)
        let directions = Self.directions(spec, hasEgressRules: !egress.isEmpty, &log)
        self.init(
            id: PolicyID(kind: "NetworkPolicy", namespace: namespace, name: metadata.name),
            tier: Tier.standard.name, order: Self.networkPolicyOrder,
            subject: EndpointSelector(
                namespaces: .named(namespace),
                labels: spec?["podSelector"].map { Selector($0, &log) } ?? .everything),
            ingress: directions.contains(.ingress) ? ingress : nil,
            egress: directions.contains(.egress) ? egress : nil)
    }

    /// S3: without `policyTypes`, ingress always and egress if there are rules for it.
    private static func directions(
        _ spec: Field?, hasEgressRules: Bool, _ log: inout ProblemLog
    ) -> Set<Direction> {
        let types = spec?["policyTypes"]?.elements(&log) ?? []
        if types.isEmpty { return hasEgressRules ? [.ingress, .egress] : [.ingress] }
        if types.count > 2, let field = spec?["policyTypes"] {
            log.error(field, "has more than two entries", remedy: "write Ingress, Egress or both")
        }
        var directions: Set<Direction> = []
        for type in types {
            guard let text = type.string(&log) else { continue }
            switch text {
            case "Ingress": directions.insert(.ingress)
            case "Egress": directions.insert(.egress)
            default:
                log.error(
                    type, "\(MessageText.quoted(text)) is not a policy type",
                    remedy: "write Ingress or Egress")
            }
        }
        return directions
    }

    private static func rules(
        _ field: Field?, _ direction: Direction, _ namespace: String, _ log: inout ProblemLog
    ) -> [Rule] {
        let hint = "write {} for a rule that allows everything"
        return (field?.elements(&log, nullHint: hint) ?? [])
            .compactMap { Rule($0, direction, namespace: namespace, &log) }
    }
}

extension Rule {
    /// Decodes an entry of `ingress` or `egress`.
    ///
    /// Missing, null and empty lists of peers are everybody, of ports everything (S6).
    fileprivate init?(
        _ field: Field, _ direction: Direction, namespace: String, _ log: inout ProblemLog
    ) {
        guard field.isMapping(&log) else { return nil }
        let peersName = direction == .ingress ? "from" : "to"
        let otherName = direction == .ingress ? "to" : "from"
        field.warnOfUnknown(
            besides: [peersName, "ports"], confusions: [otherName: peersName],
            effect: "does not narrow the rule", &log)
        let peers = field[peersName]?.elements(&log) ?? []
        let ports = field["ports"]?.elements(&log) ?? []
        self.init(
            .allow,
            peers: peers.isEmpty
                ? .anyone
                : .only(peers.compactMap { Peer($0, namespace: namespace, &log) }),
            ports: ports.isEmpty ? .all : .only(ports.compactMap { PortMatch($0, &log) }))
    }
}
