// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The labels that selectors see on namespaces; one without an object has its name alone (S11).
struct NamespaceLabels {
    private var known: [String: [String: String]] = [:]

    func effective(of name: String) -> [String: String] {
        known[name] ?? Namespace(name: name).effectiveLabels
    }

    mutating func put(_ namespace: Namespace?, named name: String) {
        known[name] = namespace?.effectiveLabels
    }
}
