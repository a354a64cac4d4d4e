// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Finds the endpoints that a selector matches at a cost proportional to the rarest of its
/// conditions rather than to the cluster.
struct EndpointIndex {
    private var labels = LabelIndex()
    private var namespaceLabels = LabelIndex()
    private var namespaceNumbers: [String: Int32] = [:]
    /// The endpoints of each namespace, ascending.
    private var inNamespace: [[Int32]] = []
    /// The namespace of each endpoint.
    private var namespaceOf: [Int32] = []

    /// Endpoint i of the index is `endpoints[i]`. A namespace without an object has no label but
    /// its name (S11).
    init(_ endpoints: [Endpoint], namespaces: [Namespace]) {
        for namespace in namespaces { add(namespace) }
        namespaceOf.reserveCapacity(endpoints.count)
        // Endpoints come by namespace, so that most stand in the same one as the one before.
        var latest: (name: String, number: Int32)?
        for number in endpoints.indices {
            let name = endpoints[number].id.namespace
            if latest?.name != name { latest = (name, self.number(ofNamespace: name)) }
            namespaceOf.append(latest!.number)
            inNamespace[Int(latest!.number)].append(Int32(number))
            labels.append(endpoints[number].labels)
        }
    }

    private mutating func number(ofNamespace name: String) -> Int32 {
        if let number = namespaceNumbers[name] { return number }
        add(Namespace(name: name))
        return namespaceNumbers[name]!
    }

    private mutating func add(_ namespace: Namespace) {
        guard namespaceNumbers[namespace.name] == nil else { return }
        namespaceNumbers[namespace.name] = Int32(inNamespace.count)
        inNamespace.append([])
        namespaceLabels.append(namespace.effectiveLabels)
    }

    /// The numbers of the endpoints that `selector` matches, ascending.
    func members(of selector: EndpointSelector) -> [Int32] {
        let condition = labels.condition(for: selector.labels)
        let scope = namespaces(in: selector.namespaces)
        let inScope = scope?.reduce(0) { $0 + inNamespace[Int($1)].count } ?? namespaceOf.count
        if let candidates = labels.candidates(for: condition), candidates.count < inScope {
            return filter(candidates, scope: scope, condition)
        }
        guard let scope else {
            return (0..<Int32(namespaceOf.count)).filter { labels.holds(condition, for: $0) }
        }
        let members = scope.flatMap { inNamespace[Int($0)] }
            .filter { labels.holds(condition, for: $0) }
        return scope.count > 1 ? members.sorted() : members
    }

    private func filter(
        _ candidates: LabelIndex.Candidates, scope: [Int32]?, _ condition: LabelIndex.Condition
    ) -> [Int32] {
        let namespaces = scope.map(Set.init)
        let members = candidates.lists.flatMap { list in
            list.filter {
                (namespaces?.contains(namespaceOf[Int($0)]) ?? true)
                    && labels.holds(condition, for: $0)
            }
        }
        return candidates.lists.count > 1 ? members.sorted() : members
    }

    /// The numbers of the namespaces in a scope; nil for all.
    private func namespaces(in scope: NamespaceScope) -> [Int32]? {
        switch scope {
        case .any:
            return nil
        case .named(let name):
            return namespaceNumbers[name].map { [$0] } ?? []
        case .labelled(let selector):
            let condition = namespaceLabels.condition(for: selector)
            return (0..<Int32(inNamespace.count)).filter {
                namespaceLabels.holds(condition, for: $0)
            }
        }
    }
}
