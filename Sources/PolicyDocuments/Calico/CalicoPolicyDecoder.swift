// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Policy {
    /// Decodes a NetworkPolicy or a GlobalNetworkPolicy of Calico's.
    init?(calico object: Field, _ scope: PolicyScope, _ log: inout ProblemLog) {
        guard
            let metadata = ObjectMetadata(
                calico: object, kind: scope.kind, namespace: scope.defaultNamespace, &log)
        else { return nil }
        let spec = object.structure("spec", &log)
        spec?.requireKnown(besides: scope.fields, confusions: PolicyScope.confusions, &log)
        self.init(calico: spec, metadata, kind: scope.kind, &log)
    }

    /// Decodes the `spec` of such a policy; without one it is as with an empty one.
    ///
    /// - Parameter kind: of the policy's identifier.
    init(
        calico spec: Field?, _ metadata: ObjectMetadata, kind: String, _ log: inout ProblemLog
    ) {
        let tier = spec?.text("tier", &log) ?? Tier.standard.name
        if let field = spec?["tier"], !NameSyntax.isLabel(tier) {
            log.error(
                field, "\(MessageText.quoted(tier)) is not a tier's name",
                remedy: NameSyntax.labelRule)
        }
        let former = log.refusesUnknownFields
        log.refusesUnknownFields = true
        defer { log.refusesUnknownFields = former }
        let namespace = metadata.namespace
        let ingress = Rule.list(spec, .ingress, namespace: namespace, &log)
        let egress = Rule.list(spec, .egress, namespace: namespace, &log)
        let directions = Self.calicoDirections(
            spec, hasIngressRules: !ingress.isEmpty, hasEgressRules: !egress.isEmpty, &log)
        Self.checkHints(spec, &log)
        self.init(
            id: PolicyID(
                kind: kind, namespace: namespace,
                name: PolicyScope.name(metadata.name, tier: tier)),
            tier: tier, order: spec?["order"]?.order(&log),
            subject: EndpointSelector(calico: spec, namespace: namespace, &log),
            ingress: directions.contains(.ingress) ? ingress : nil,
            egress: directions.contains(.egress) ? egress : nil,
            hostTraffic: namespace == nil
                ? HostTraffic(spec, governsEgress: directions.contains(.egress), &log) : .local)
    }

    /// S62: without `types` the directions that have rules, and ingress where none has.
    private static func calicoDirections(
        _ spec: Field?, hasIngressRules: Bool, hasEgressRules: Bool, _ log: inout ProblemLog
    ) -> Set<Direction> {
        var directions: Set<Direction> = []
        let types = spec?["types"]?.elements(&log) ?? []
        for type in types {
            guard let text = type.string(&log) else { continue }
            guard let direction = Direction(rawValue: text.lowercased()),
                text == "Ingress" || text == "Egress"
            else {
                log.error(
                    type, "\(MessageText.quoted(text)) is not a policy type",
                    remedy: "write Ingress or Egress")
                continue
            }
            if !directions.insert(direction).inserted {
                log.error(type, "stands there twice", remedy: "write it once")
            }
        }
        if !types.isEmpty { return directions }
        if hasEgressRules { return hasIngressRules ? [.ingress, .egress] : [.egress] }
        return [.ingress]
    }

    private static func checkHints(_ spec: Field?, _ log: inout ProblemLog) {
        for hint in spec?["performanceHints"]?.elements(&log) ?? [] {
            guard let text = hint.string(&log), text != "AssumeNeededOnEveryNode" else { continue }
            log.error(
                hint, "\(MessageText.quoted(text)) is not a hint",
                remedy: "write AssumeNeededOnEveryNode")
        }
    }
}

extension EndpointSelector {
    /// The endpoints that a policy's `spec` selects.
    fileprivate init(calico spec: Field?, namespace: String?, _ log: inout ProblemLog) {
        var scope = namespace.map(NamespaceScope.named) ?? .any
        if namespace == nil, let field = spec?["namespaceSelector"],
            let namespaces = field.selector(.subjectNamespaces, &log)
        {
            scope = .labelled(namespaces)
        }
        var accounts = spec?["serviceAccountSelector"]?.selector(.endpoints, &log)
        // `all()` means all accounts, and so not what has none.
        if accounts == .everything { accounts = .has(ServiceAccount.nameLabel) }
        self.init(
            namespaces: scope,
            labels: spec?["selector"]?.selector(.endpoints, &log) ?? .everything,
            serviceAccounts: accounts, reach: .everything)
    }
}

extension HostTraffic {
    /// The packets of host endpoints that a policy's `spec` is about.
    fileprivate init(_ spec: Field?, governsEgress: Bool, _ log: inout ProblemLog) {
        let isForwarded = spec?.flag("applyOnForward", &log) ?? false
        let isBefore = spec?.flag("preDNAT", &log) ?? false
        let isUntracked = spec?.flag("doNotTrack", &log) ?? false
        self =
            isBefore
            ? .beforeTranslation : isUntracked ? .untracked : isForwarded ? .forwardedToo : .local
        guard isBefore || isUntracked, let spec else { return }
        let name = isBefore ? "preDNAT" : "doNotTrack"
        guard let field = spec[name] else { return }
        if isBefore, isUntracked {
            log.error(field, "stands beside doNotTrack", remedy: "make two policies of it")
        }
        if isBefore, governsEgress {
            log.error(
                field, "stands in a policy for egress",
                remedy: "leave egress and its type out, or make two policies of it")
        }
        if !isForwarded {
            log.error(
                field, "stands without applyOnForward", remedy: "write applyOnForward: true")
        }
    }
}
