// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// What the rules of lint look at: the cluster, and how its policies are written.
struct LintedCluster {
    let documents: DecodedDocuments
    let assembly: ClusterAssembly
    /// The cluster with an endpoint for each workload.
    let state: ClusterState
    let policies: [LintedPolicy]
    /// Pods and workloads that are not finished, those of the host network too.
    let endpoints: [Endpoint]
    /// The namespaces of which there is an object, so that their labels are known.
    let namespaceObjects: Set<String>
    /// Every namespace that exists as far as the input tells: by its object or by a pod in it.
    let namespaces: [String: Namespace]
    /// What selectors see of the endpoints.
    let targets: EndpointTargets

    init(_ documents: DecodedDocuments) {
        self.documents = documents
        assembly = ClusterAssembly(documents)
        state = AnalysedCluster(assembly).state
        policies = state.policies.compactMap { policy in
            documents.layouts[LintedPolicy.name(policy.id)].map {
                LintedPolicy(policy: policy, layout: $0)
            }
        }
        endpoints = state.endpoints.filter { !$0.isFinished }
        let objects = Set(documents.namespaces.map(\.value.name))
        var namespaces: [String: Namespace] = [:]
        for namespace in state.namespaces where objects.contains(namespace.name) {
            namespaces[namespace.name] = namespace
        }
        // Host endpoints stand in none.
        for name in Set(endpoints.map(\.id.namespace))
        where !name.isEmpty && namespaces[name] == nil {
            namespaces[name] = Namespace(name: name)
        }
        targets = EndpointTargets(state)
        namespaceObjects = objects
        self.namespaces = namespaces
    }

    /// Whether there is any pod with which policies could be compared.
    var hasPods: Bool { endpoints.contains { $0.id.kind != .host } }

    /// The pods and workloads that a selector matches, those of the host network too.
    func matches(_ selector: EndpointSelector) -> [Endpoint] {
        endpoints.filter { targets.matches(selector, $0) }
    }

    /// The namespaces that a selector matches.
    func namespaces(matching selector: Selector) -> [Namespace] {
        namespaces.values.filter { selector.matches($0.effectiveLabels) }
            .sorted { $0.name < $1.name }
    }

    /// Whether it is known of every namespace whether a selector matches it. Without its object
    /// only a namespace's name is known.
    func knowsNamespaces(_ selector: Selector) -> Bool {
        selector.keys.isSubset(of: [Namespace.nameLabel, Namespace.calicoNameLabel])
            || namespaces.keys.allSatisfy(namespaceObjects.contains)
    }

    /// Whether it is known of every endpoint whether a selector matches it: where it asks for labels
    /// of namespaces or service accounts, these must be in the input.
    func knowsLabels(_ selector: EndpointSelector) -> Bool {
        if case .labelled(let condition) = selector.namespaces, !knowsNamespaces(condition) {
            return false
        }
        let keys = selector.labels.keys
        if keys.contains(where: { $0.hasPrefix("pcns.") }),
            !namespaces.keys.allSatisfy(namespaceObjects.contains)
        {
            return false
        }
        let accountKeys = selector.serviceAccounts?.keys ?? []
        guard
            !accountKeys.isSubset(of: [ServiceAccount.nameLabel])
                || keys.contains(where: { $0.hasPrefix("pcsa.") })
        else { return true }
        let known = Set(state.serviceAccounts.map(\.id))
        return endpoints.compactMap(\.serviceAccountID).allSatisfy(known.contains)
    }
}

extension Selector {
    /// The keys of the labels that it speaks of.
    var keys: Set<String> {
        switch self {
        case .everything: []
        case .has(let key), .isOneOf(let key, _), .isText(let key, _): [key]
        case .not(let operand): operand.keys
        case .all(let operands), .any(let operands):
            operands.reduce(into: []) { $0.formUnion($1.keys) }
        }
    }

    /// The conditions all of which must hold.
    var conditions: [Selector] {
        switch self {
        case .everything: []
        case .all(let operands): operands
        default: [self]
        }
    }
}
