// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Finds the endpoints that a selector matches at a cost proportional to the rarest of its
/// conditions rather than to the cluster.
package struct EndpointIndex {
    private let endpoints: [Endpoint]
    private let inherited: InheritedLabels
    private let areAllPods: Bool
    private let labels: LabelIndex
    private let namespaceLabels: LabelIndex
    private let namespaceNumbers: [String: Int32]
    /// The endpoints of each namespace, ascending.
    private let inNamespace: [[Int32]]
    /// The namespace of each endpoint.
    private let namespaceOf: [Int32]

    /// Endpoint i of the index is `endpoints[i]`. A namespace without an object has no label but
    /// its name (S11).
    init(_ endpoints: [Endpoint], namespaces: [Namespace], _ inherited: InheritedLabels) {
        self.endpoints = endpoints
        self.inherited = inherited
        // Not by closures over endpoints, which are large values to copy.
        areAllPods = endpoints.indices.allSatisfy { endpoints[$0].id.kind == .pod }
        var roll = NamespaceRoll()
        for namespace in namespaces { _ = roll.number(of: namespace) }
        var namespaceOf: [Int32] = []
        namespaceOf.reserveCapacity(endpoints.count)
        for number in endpoints.indices {
            namespaceOf.append(roll.number(ofName: endpoints[number].id.namespace))
        }
        var inNamespace = [[Int32]](repeating: [], count: roll.namespaces.count)
        for (number, namespace) in namespaceOf.enumerated() {
            inNamespace[Int(namespace)].append(Int32(number))
        }
        labels = LabelIndex(count: endpoints.count) { endpoints[$0].labels }
        namespaceLabels = LabelIndex(count: roll.namespaces.count) {
            inherited.ofNamespace(roll.namespaces[$0].name)
        }
        namespaceNumbers = roll.numbers
        self.inNamespace = inNamespace
        self.namespaceOf = namespaceOf
    }

    /// The same where service accounts have no labels but their names.
    package init(_ endpoints: [Endpoint], namespaces: [Namespace]) {
        self.init(endpoints, namespaces: namespaces, InheritedLabels(namespaces, []))
    }

    /// The numbers of the endpoints that `selector` matches, ascending.
    package func members(of selector: EndpointSelector) -> [Int32] {
        let candidates = members(of: selector.labels.ownPart, in: selector.namespaces)
        let isOfEveryKind =
            selector.reach == .everything || selector.reach == .pods && areAllPods
        if selector.asksOwnLabelsOnly, isOfEveryKind {
            return candidates
        }
        return candidates.filter { selector.matches(endpoints[Int($0)], inherited) }
    }

    /// Those in a scope whose own labels match.
    private func members(of selector: Selector, in namespaces: NamespaceScope) -> [Int32] {
        let condition = labels.condition(for: selector)
        let scope = self.namespaces(in: namespaces)
        let inScope = scope?.reduce(0) { $0 + inNamespace[Int($1)].count } ?? namespaceOf.count
        // To look at one object costs as much as a word of a set, which has the bits of 64.
        let few = scope == nil ? inScope / 64 : inScope
        if let candidates = labels.candidates(for: condition), candidates.count < few {
            return filter(candidates, scope: scope, condition)
        }
        guard let scope else {
            return labels.members(of: condition).numbers
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

/// Numbers namespaces as they are met.
private struct NamespaceRoll {
    private(set) var namespaces: [Namespace] = []
    private(set) var numbers: [String: Int32] = [:]
    /// Most endpoints stand in the same namespace as the one before.
    private var latest: (name: String, number: Int32)?

    mutating func number(of namespace: Namespace) -> Int32 {
        if let number = numbers[namespace.name] { return number }
        let number = Int32(namespaces.count)
        numbers[namespace.name] = number
        namespaces.append(namespace)
        return number
    }

    mutating func number(ofName name: String) -> Int32 {
        if let latest, latest.name == name { return latest.number }
        let number = numbers[name] ?? number(of: Namespace(name: name))
        latest = (name, number)
        return number
    }
}
