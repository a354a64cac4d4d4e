// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The endpoints that policies can select, found by name, by namespace and by label.
///
/// Each has a number, which stays the same for as long as the endpoint is there.
struct EndpointTable {
    private var slots: [Endpoint?] = []
    private var free: [Int32] = []
    private var numbers: [EndpointID: Int32] = [:]
    private var byNamespace: [String: AscendingNumbers] = [:]
    private var byLabel = LabelPostings()

    /// How many endpoints there are.
    var count: Int { numbers.count }

    subscript(number: Int32) -> Endpoint { slots[Int(number)]! }

    func number(of id: EndpointID) -> Int32? { numbers[id] }

    /// - Returns: the number of the endpoint, which is new or takes the place of its former value.
    @discardableResult
    mutating func put(_ endpoint: Endpoint) -> Int32 {
        if let number = numbers[endpoint.id] {
            let former = self[number]
            slots[Int(number)] = endpoint
            if former.labels != endpoint.labels {
                for (key, value) in former.labels where endpoint.labels[key] != value {
                    byLabel.remove(number, key, value)
                }
                for (key, value) in endpoint.labels where former.labels[key] != value {
                    byLabel.insert(number, key, value)
                }
            }
            return number
        }
        let number = free.popLast() ?? Int32(slots.count)
        if Int(number) == slots.count {
            slots.append(endpoint)
        } else {
            slots[Int(number)] = endpoint
        }
        numbers[endpoint.id] = number
        byNamespace[endpoint.id.namespace, default: .init()].insert(number)
        for (key, value) in endpoint.labels { byLabel.insert(number, key, value) }
        return number
    }

    mutating func remove(_ number: Int32) {
        let endpoint = self[number]
        numbers[endpoint.id] = nil
        byNamespace[endpoint.id.namespace]?.remove(number)
        if byNamespace[endpoint.id.namespace]?.values.isEmpty ?? false {
            byNamespace[endpoint.id.namespace] = nil
        }
        for (key, value) in endpoint.labels { byLabel.remove(number, key, value) }
        slots[Int(number)] = nil
        free.append(number)
    }

    /// The numbers of a namespace's endpoints, ascending.
    func inNamespace(_ name: String) -> [Int32] { byNamespace[name]?.values ?? [] }

    /// The numbers of the endpoints that the selector matches.
    func members(of selector: EndpointSelector, _ inherited: InheritedLabels) -> [Int32] {
        let candidates: [Int32]
        switch rarest(selector, inherited) {
        case .labels(let labels): candidates = labels.numbers
        case .namespaces(let names):
            candidates = names.count == 1 ? inNamespace(names[0]) : names.flatMap(inNamespace)
        case .everything: candidates = slots.indices.filter { slots[$0] != nil }.map(Int32.init)
        }
        return candidates.filter { selector.matches(self[$0], inherited) }
    }

    /// How many endpoints ``members(of:_:)`` looks at.
    func candidateCount(_ selector: EndpointSelector, _ inherited: InheritedLabels) -> Int {
        switch rarest(selector, inherited) {
        case .labels(let labels): labels.count
        case .namespaces(let names): count(inNamespaces: names)
        case .everything: slots.count
        }
    }

    /// Endpoints among which all are that a selector matches.
    private enum Candidates {
        case labels(LabelPostings.Candidates)
        /// The inhabitants of namespaces, each of which stands there once.
        case namespaces([String])
        case everything
    }

    /// The fewest that one of the selector's conditions leaves.
    private func rarest(
        _ selector: EndpointSelector, _ inherited: InheritedLabels
    ) -> Candidates {
        let labels = byLabel.candidates(for: selector.labels)
        let count = labels?.count ?? slots.count
        let names: [String]?
        switch selector.namespaces {
        case .any: names = nil
        case .named(let name): names = [name]
        case .labelled(let condition):
            names = inherited.namespaces(demandedBy: condition, atMost: count)
        }
        if let names, self.count(inNamespaces: names) < count { return .namespaces(names) }
        return labels.map(Candidates.labels) ?? .everything
    }

    private func count(inNamespaces names: [String]) -> Int {
        names.reduce(0) { $0 + (byNamespace[$1]?.values.count ?? 0) }
    }
}

/// Numbers in ascending order.
struct AscendingNumbers {
    private(set) var values: [Int32] = []

    mutating func insert(_ number: Int32) {
        if let last = values.last, last >= number {
            values.insert(number, at: position(of: number))
        } else {
            values.append(number)
        }
    }

    mutating func remove(_ number: Int32) {
        let position = position(of: number)
        if position < values.count, values[position] == number { values.remove(at: position) }
    }

    private func position(of number: Int32) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if values[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
