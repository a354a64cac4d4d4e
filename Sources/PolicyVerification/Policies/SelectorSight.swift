// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What some selectors can tell apart among endpoints.
struct SelectorSight: Sendable {
    private let directory: SelectorDirectory
    private let labels: LabelSight
    /// Of service accounts; nil where nobody asks for them.
    private let accounts: LabelSight?

    /// What an endpoint looks like: endpoints that look the same are selected alike.
    struct View: Hashable, Sendable {
        var namespace: String
        var kind: EndpointKind
        /// Those of its labels that some selector mentions; nil for a value that none asks for.
        var labels: [String: String?]
        /// The same of its service account's labels.
        var accountLabels: [String: String?]
        /// Nil for pods too, all of which have the same.
        var orchestrator: String?
    }

    init(_ selectors: some Sequence<EndpointSelector>, _ directory: SelectorDirectory) {
        self.directory = directory
        let own = Set(selectors.map(\.labels))
        labels = LabelSight(own)
        let asked = Set(selectors.compactMap(\.serviceAccounts))
        let inherited = labels.keys.compactMap(Self.accountLabel)
        let texts = inherited.map { Selector.isText(key: $0, .contains("")) }
        accounts = asked.isEmpty && texts.isEmpty ? nil : LabelSight(asked.union(texts))
    }

    /// The label of an account that selectors see under a label of its endpoints.
    private static func accountLabel(_ key: String) -> String? {
        if key == "projectcalico.org/serviceaccount" { return ServiceAccount.nameLabel }
        return key.hasPrefix("pcsa.") ? String(key.dropFirst(5)) : nil
    }

    /// What an endpoint looks like.
    func view(of endpoint: Endpoint) -> View {
        View(
            namespace: endpoint.id.namespace, kind: endpoint.id.kind,
            labels: labels.view(of: directory.labels(of: endpoint)),
            accountLabels: accounts?.view(of: directory.accountLabels(endpoint)) ?? [:],
            orchestrator: endpoint.id.kind == .workload ? endpoint.particulars?.orchestrator : nil)
    }
}
