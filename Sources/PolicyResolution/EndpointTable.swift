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
    private var byLabel: [LabelPair: AscendingNumbers] = [:]

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
                let gone = former.pairs.filter { endpoint.labels[$0.key] != $0.value }
                let new = endpoint.pairs.filter { former.labels[$0.key] != $0.value }
                for pair in gone { byLabel[pair]?.remove(number) }
                for pair in new { byLabel[pair, default: .init()].insert(number) }
                dropEmpty(gone)
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
        for pair in endpoint.pairs { byLabel[pair, default: .init()].insert(number) }
        return number
    }

    mutating func remove(_ number: Int32) {
        let endpoint = self[number]
        numbers[endpoint.id] = nil
        byNamespace[endpoint.id.namespace]?.remove(number)
        if byNamespace[endpoint.id.namespace]?.values.isEmpty ?? false {
            byNamespace[endpoint.id.namespace] = nil
        }
        for pair in endpoint.pairs { byLabel[pair]?.remove(number) }
        dropEmpty(endpoint.pairs)
        slots[Int(number)] = nil
        free.append(number)
    }

    /// Labels that nobody carries any more are forgotten: pods bring new ones without end.
    private mutating func dropEmpty(_ pairs: [LabelPair]) {
        for pair in pairs where byLabel[pair]?.values.isEmpty ?? false { byLabel[pair] = nil }
    }

    /// The numbers of a namespace's endpoints, ascending.
    func inNamespace(_ name: String) -> [Int32] { byNamespace[name]?.values ?? [] }

    /// The numbers of the endpoints that the selector matches.
    func members(of selector: EndpointSelector, _ inherited: InheritedLabels) -> [Int32] {
        candidates(selector).filter { selector.matches(self[$0], inherited) }
    }

    /// How many endpoints ``members(of:_:)`` looks at.
    func candidateCount(_ selector: EndpointSelector) -> Int {
        var count = slots.count
        if case .named(let name) = selector.namespaces {
            count = byNamespace[name]?.values.count ?? 0
        }
        guard let pairs = selector.labels.demandedPairs else { return count }
        return min(count, pairs.reduce(0) { $0 + (byLabel[$1]?.values.count ?? 0) })
    }

    /// Endpoints among which all matching ones are, taken from the rarest condition.
    private func candidates(_ selector: EndpointSelector) -> [Int32] {
        var best: [Int32]?
        if case .named(let name) = selector.namespaces { best = inNamespace(name) }
        if let pairs = selector.labels.demandedPairs {
            let lists = pairs.compactMap { byLabel[$0]?.values }
            let count = lists.reduce(0) { $0 + $1.count }
            if count < best?.count ?? .max {
                best = lists.count == 1 ? lists[0] : lists.flatMap(\.self)
            }
        }
        return best ?? slots.indices.filter { slots[$0] != nil }.map(Int32.init)
    }
}

extension Endpoint {
    fileprivate var pairs: [LabelPair] { labels.map { LabelPair(key: $0, value: $1) } }
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
