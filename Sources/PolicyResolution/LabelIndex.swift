// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Objects' labels as small integers, and for each label the objects that carry it.
///
/// A label match then costs a few comparisons of integers rather than of strings.
struct LabelIndex {
    /// Numbers of keys with their values, and of keys alone.
    private var pairs: [Pair: Int32] = [:]
    private var keys: [String: Int32] = [:]
    /// The number of each pair's key, and the pairs of each key.
    private var keyOfPair: [Int32] = []
    private var valueOfPair: [String] = []
    private var pairsOfKey: [[Int32]] = []

    /// The pairs of each object, and the objects of each pair, ascending.
    private var labels = Lists()
    private var postings = Lists()

    private struct Pair: Hashable {
        var key: String
        var value: String
    }

    /// List i is `values[starts[i]..<starts[i + 1]]`.
    private struct Lists {
        var values: [Int32] = []
        var starts: [Int] = [0]

        subscript(_ list: Int32) -> ArraySlice<Int32> {
            values[starts[Int(list)]..<starts[Int(list) + 1]]
        }
    }

    /// - Parameters:
    ///   - count: how many objects there are; they are numbered from zero.
    ///   - objectLabels: an object's labels by its number.
    init(count: Int, _ objectLabels: (Int) -> [String: String]) {
        labels.starts.reserveCapacity(count + 1)
        var recent = RecentLabels()
        for object in 0..<count {
            for (key, value) in objectLabels(object) {
                let place = RecentLabels.place(of: key, value)
                if let known = recent.number(at: place, key, value) {
                    labels.values.append(known)
                } else {
                    let number = number(of: Pair(key: key, value: value))
                    recent.put(number, at: place, key, value)
                    labels.values.append(number)
                }
            }
            labels.starts.append(labels.values.count)
        }
        collectPostings(count)
    }

    private mutating func number(of pair: Pair) -> Int32 {
        if let number = pairs[pair] { return number }
        let latest = Int32(keyOfPair.count)
        pairs[pair] = latest
        let key = number(of: pair.key)
        keyOfPair.append(key)
        valueOfPair.append(pair.value)
        pairsOfKey[Int(key)].append(latest)
        return latest
    }

    private mutating func number(of key: String) -> Int32 {
        if let number = keys[key] { return number }
        let number = Int32(pairsOfKey.count)
        keys[key] = number
        pairsOfKey.append([])
        return number
    }

    /// Turns the lists of labels by object into lists of objects by label.
    private mutating func collectPostings(_ count: Int) {
        var ends = [Int](repeating: 0, count: keyOfPair.count + 1)
        for pair in labels.values { ends[Int(pair) + 1] += 1 }
        for pair in keyOfPair.indices { ends[pair + 1] += ends[pair] }
        postings.starts = ends
        postings.values = [Int32](repeating: 0, count: labels.values.count)
        for object in 0..<Int32(count) {
            for pair in labels[object] {
                postings.values[ends[Int(pair)]] = object
                ends[Int(pair)] += 1
            }
        }
    }

    /// A selector with its labels replaced by their numbers. Labels that no object carries vanish.
    indirect enum Condition {
        case always
        case never
        case carriesKey(Int32)
        /// Ascending.
        case carriesOneOf([Int32])
        case not(Condition)
        case all([Condition])
        case any([Condition])
    }

    func condition(for selector: Selector) -> Condition {
        switch selector {
        case .everything:
            return .always
        case .has(let key):
            return keys[key].map(Condition.carriesKey) ?? .never
        case .isOneOf(let key, let values):
            let known = Set(values).compactMap { pairs[Pair(key: key, value: $0)] }.sorted()
            return known.isEmpty ? .never : .carriesOneOf(known)
        case .isText(let key, let match):
            guard let key = keys[key] else { return .never }
            let fitting = pairsOfKey[Int(key)].filter { match.holds(valueOfPair[Int($0)]) }
            return fitting.isEmpty ? .never : .carriesOneOf(fitting)
        case .not(let operand):
            return .not(condition(for: operand))
        case .all(let operands):
            return .all(operands.map(condition(for:)))
        case .any(let operands):
            return .any(operands.map(condition(for:)))
        }
    }

    func holds(_ condition: Condition, for object: Int32) -> Bool {
        switch condition {
        case .always: true
        case .never: false
        case .carriesKey(let key):
            labels[object].contains { keyOfPair[Int($0)] == key }
        case .carriesOneOf(let wanted): labels[object].contains { wanted.holds($0) }
        case .not(let operand): !holds(operand, for: object)
        case .all(let operands): operands.allSatisfy { holds($0, for: object) }
        case .any(let operands): operands.contains { holds($0, for: object) }
        }
    }

    /// The objects for which the condition holds.
    ///
    /// - Complexity: O(*n* / 64) for each part of the condition, plus the carriers of its labels.
    func members(of condition: Condition) -> ObjectSet {
        let count = labels.starts.count - 1
        switch condition {
        case .always:
            return ObjectSet(all: count)
        case .never:
            return ObjectSet(none: count)
        case .carriesKey(let key):
            return carriers(pairsOfKey[Int(key)])
        case .carriesOneOf(let wanted):
            return carriers(wanted)
        case .not(let operand):
            return members(of: operand).inverted()
        case .all(let operands):
            guard let first = operands.first else { return ObjectSet(all: count) }
            return operands.dropFirst().reduce(into: members(of: first)) {
                $0.formIntersection(members(of: $1))
            }
        case .any(let operands):
            guard let first = operands.first else { return ObjectSet(none: count) }
            return operands.dropFirst().reduce(into: members(of: first)) {
                $0.formUnion(members(of: $1))
            }
        }
    }

    private func carriers(_ pairs: [Int32]) -> ObjectSet {
        var carriers = ObjectSet(none: labels.starts.count - 1)
        for pair in pairs {
            for object in postings[pair] { carriers.insert(object) }
        }
        return carriers
    }

    /// Objects among which all are for which the condition holds, taken from the rarest label that
    /// it demands; nil if it demands none.
    func candidates(for condition: Condition) -> Candidates? {
        switch condition {
        case .always, .not, .any: nil
        case .never: Candidates(lists: [])
        case .carriesKey(let key): candidates(for: .carriesOneOf(pairsOfKey[Int(key)]))
        case .carriesOneOf(let wanted): Candidates(lists: wanted.map { postings[$0] })
        case .all(let operands):
            operands.compactMap(candidates(for:)).min { $0.count < $1.count }
        }
    }

    /// Some lists of objects. No object stands in two of them: it has one value for a key.
    struct Candidates {
        var lists: [ArraySlice<Int32>]
        var count: Int { lists.reduce(0) { $0 + $1.count } }
    }
}

extension [Int32] {
    /// Whether the ascending numbers hold this one.
    fileprivate func holds(_ number: Int32) -> Bool {
        if count <= 8 { return contains(number) }
        var range = 0..<count
        while !range.isEmpty {
            let middle = (range.lowerBound + range.upperBound) / 2
            if self[middle] == number { return true }
            range =
                self[middle] < number
                ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return false
    }
}
