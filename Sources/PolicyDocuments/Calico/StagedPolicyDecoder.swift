// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension StagedPolicy {
    private enum StagedAction {
        case set, delete, none
    }

    /// Decodes a StagedNetworkPolicy or a StagedGlobalNetworkPolicy.
    init?(calico object: Field, _ scope: PolicyScope, _ log: inout ProblemLog) {
        guard
            let metadata = ObjectMetadata(
                calico: object, kind: scope.kind, namespace: scope.defaultNamespace, &log)
        else { return nil }
        let spec = object.structure("spec", &log)
        spec?.requireKnown(
            besides: scope.fields + ["stagedAction"], confusions: PolicyScope.confusions, &log)
        let action = Self.action(spec, besides: ["tier"], &log)
        let policy = Policy(calico: spec, metadata, kind: scope.enforcedKind, &log)
        var id = policy.id
        id.kind = scope.kind
        self.init(id: id, action: Self.effect(action, policy))
    }

    /// Decodes a StagedKubernetesNetworkPolicy: one of Kubernetes' own that is tried out.
    init?(kubernetes object: Field, defaultNamespace: String, _ log: inout ProblemLog) {
        let kind = CalicoKind.stagedKubernetesNetworkPolicy.rawValue
        let spec = object["spec"]
        let isDelete = spec?["stagedAction"]?.node.scalar == .string("Delete")
        guard
            let policy = Policy(
                networkPolicy: object, kind: kind, furtherFields: ["stagedAction"],
                needsSelector: !isDelete, defaultNamespace: defaultNamespace, &log)
        else { return nil }
        let action = Self.action(spec, besides: [], &log)
        var id = policy.id
        id.kind = kind
        self.init(id: id, action: Self.effect(action, policy))
    }

    /// Without a word the policy comes in. One that goes has nothing else to say.
    private static func action(
        _ spec: Field?, besides allowed: [String], _ log: inout ProblemLog
    ) -> StagedAction {
        let actions: KeyValuePairs<String, StagedAction> = [
            "Set": .set, "Delete": .delete, "Learn": .none, "Ignore": .none,
        ]
        let action = spec?.choice("stagedAction", actions, &log) ?? .set
        if action == .delete, case .mapping(let entries)? = spec?.node.content, let spec {
            for entry in entries
            where !entry.value.isNull && !(allowed + ["stagedAction"]).contains(entry.key) {
                log.report(
                    .error, at: entry.position, path: .member(spec.path, entry.key),
                    "stands beside stagedAction Delete", remedy: "leave it out")
            }
        }
        return action
    }

    private static func effect(_ action: StagedAction, _ policy: Policy) -> Action {
        switch action {
        case .set: .set(policy)
        case .delete: .delete(policy.id)
        case .none: .none
        }
    }
}
