// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Objects' labels as small integers, and for each label the objects that carry it.
///
/// Objects are numbered in the order in which they are added. A label match then costs a few
/// comparisons of integers rather than of strings.
struct LabelIndex {
    /// Numbers of keys with their values, and of keys alone.
    private var pairs: [Pair: Int32] = [:]
    private var keys: [String: Int32] = [:]
    /// The number of each pair's key, and the pairs of each key.
    private var keyOfPair: [Int32] = []
    private var pairsOfKey: [[Int32]] = []

    /// The objects that carry each pair, ascending.
    private var postings: [[Int32]] = []
    /// The pairs of object i: `labels[starts[i]..<starts[i + 1]]`.
    private var labels: [Int32] = []
    private var starts: [Int] = [0]

    private struct Pair: Hashable {
        var key: String
        var value: String
    }

    /// Appends one object's labels; the object's number is the count of those before it.
    mutating func append(_ objectLabels: [String: String]) {
        let object = Int32(starts.count - 1)
        for (key, value) in objectLabels {
            let pair = number(of: Pair(key: key, value: value))
            labels.append(pair)
            postings[Int(pair)].append(object)
        }
        starts.append(labels.count)
    }

    private mutating func number(of pair: Pair) -> Int32 {
        if let number = pairs[pair] { return number }
        let latest = Int32(postings.count)
        pairs[pair] = latest
        postings.append([])
        let key = number(of: pair.key)
        keyOfPair.append(key)
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

    /// A selector with its labels replaced by their numbers. Labels that no object carries vanish.
    indirect enum Condition {
        case always
        case never
        case carriesKey(Int32)
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
            let known = Set(values).compactMap { pairs[Pair(key: key, value: $0)] }
            return known.isEmpty ? .never : .carriesOneOf(known)
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
            carried(by: object).contains { keyOfPair[Int($0)] == key }
        case .carriesOneOf(let wanted): carried(by: object).contains(where: wanted.contains)
        case .not(let operand): !holds(operand, for: object)
        case .all(let operands): operands.allSatisfy { holds($0, for: object) }
        case .any(let operands): operands.contains { holds($0, for: object) }
        }
    }

    private func carried(by object: Int32) -> ArraySlice<Int32> {
        labels[starts[Int(object)]..<starts[Int(object) + 1]]
    }

    /// Objects among which all are for which the condition holds, taken from the rarest label that
    /// it demands; nil if it demands none.
    func candidates(for condition: Condition) -> Candidates? {
        switch condition {
        case .always, .not, .any: nil
        case .never: Candidates(lists: [])
        case .carriesKey(let key): candidates(for: .carriesOneOf(pairsOfKey[Int(key)]))
        case .carriesOneOf(let wanted): Candidates(lists: wanted.map { postings[Int($0)] })
        case .all(let operands):
            operands.compactMap(candidates(for:)).min { $0.count < $1.count }
        }
    }

    /// Some lists of objects. No object stands in two of them: it has one value for a key.
    struct Candidates {
        var lists: [[Int32]]
        var count: Int { lists.reduce(0) { $0 + $1.count } }
    }
}
