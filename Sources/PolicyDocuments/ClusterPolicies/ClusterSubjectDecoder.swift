// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension EndpointSelector {
    /// Decodes the `subject` of a cluster-wide policy: either `namespaces` or `pods`. Pods of the
    /// host network are never meant (S14).
    init?(subjectOf spec: Field, _ kind: ClusterPolicyKind, _ log: inout ProblemLog) {
        guard let field = spec["subject"] else {
            log.missing("subject", of: spec, remedy: "write namespaces: {} in it for every pod")
            return nil
        }
        guard
            let (name, value) = field.onlyMember(
                of: ["namespaces", "pods"],
                confusions: ["namespaceSelector": "namespaces", "podSelector": "pods"],
                none: "selects nobody", &log)
        else { return nil }
        if name == "namespaces" {
            self.init(podsOf: Selector(value, &log))
        } else {
            self.init(namespacedPods: value, kind, &log)
        }
    }

    /// Every pod of the namespaces that a selector matches.
    init(podsOf namespaces: Selector, labels: Selector = .everything) {
        self.init(
            namespaces: namespaces == .everything ? .any : .labelled(namespaces), labels: labels)
    }

    /// Decodes a `NamespacedPod`: both selectors must hold (S7). The newer version does without
    /// `namespaceSelector`, which then is every namespace.
    init?(namespacedPods field: Field, _ kind: ClusterPolicyKind, _ log: inout ProblemLog) {
        guard field.isMapping(&log) else { return nil }
        field.warnOfUnknown(
            besides: ["namespaceSelector", "podSelector"],
            confusions: ["namespaces": "namespaceSelector", "pods": "podSelector"],
            effect: "does not narrow the selection", &log)
        let everything = "write {} for everything"
        if field["podSelector"] == nil {
            log.missing("podSelector", of: field, remedy: everything)
        }
        if field["namespaceSelector"] == nil {
            if kind == .clusterNetworkPolicy {
                log.report(
                    .warning, at: field.node.position,
                    path: .member(field.path, "namespaceSelector"),
                    "is missing, and so every namespace is meant",
                    remedy: "write namespaceSelector: {} if that is meant")
            } else {
                log.missing("namespaceSelector", of: field, remedy: everything)
            }
        }
        let namespaces = field["namespaceSelector"].map { Selector($0, &log) } ?? .everything
        let pods = field["podSelector"].map { Selector($0, &log) } ?? .everything
        self.init(podsOf: namespaces, labels: pods)
    }
}
