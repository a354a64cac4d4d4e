// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Objects' labels as small integers, and for each label the objects that carry it.
///
/// Objects are numbered in the order in which they are added. A label match then costs a few
/// comparisons of integers rather than of strings.
struct LabelIndex {
    /// Numbers of keys, and of key and value together. They share one range.
    private var keys: [String: Int32] = [:]
    private var pairs: [Pair: Int32] = [:]
    private var next: Int32 = 0

    /// The objects that carry each numbered key or pair, ascending.
    private var postings: [[Int32]] = []
    /// The numbers of object i's labels: `labels[starts[i]..<starts[i + 1]]`.
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
            note(object, number(of: key))
            note(object, number(of: Pair(key: key, value: value)))
        }
        starts.append(labels.count)
    }

    private mutating func note(_ object: Int32, _ label: Int32) {
        labels.append(label)
        postings[Int(label)].append(object)
    }

    private mutating func number(of key: String) -> Int32 {
        if let number = keys[key] { return number }
        keys[key] = next
        return takeNumber()
    }

    private mutating func number(of pair: Pair) -> Int32 {
        if let number = pairs[pair] { return number }
        pairs[pair] = next
        return takeNumber()
    }

    private mutating func takeNumber() -> Int32 {
        defer { next += 1 }
        postings.append([])
        return next
    }

    /// A selector with its labels replaced by their numbers. Labels that no object carries vanish.
    indirect enum Condition {
        case always
        case never
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
            return keys[key].map { .carriesOneOf([$0]) } ?? .never
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
        case .carriesOneOf(let wanted):
            labels[starts[Int(object)]..<starts[Int(object) + 1]].contains(where: wanted.contains)
        case .not(let operand): !holds(operand, for: object)
        case .all(let operands): operands.allSatisfy { holds($0, for: object) }
        case .any(let operands): operands.contains { holds($0, for: object) }
        }
    }

    /// Objects among which all are for which the condition holds, taken from the rarest label that
    /// it demands; nil if it demands none.
    func candidates(for condition: Condition) -> Candidates? {
        switch condition {
        case .always, .not, .any: nil
        case .never: Candidates(lists: [])
        case .carriesOneOf(let wanted): Candidates(lists: wanted.map { postings[Int($0)] })
        case .all(let operands):
            operands.compactMap(candidates(for:)).min { $0.count < $1.count }
        }
    }

    /// Some lists of objects; an object may stand in several.
    struct Candidates {
        var lists: [[Int32]]
        var count: Int { lists.reduce(0) { $0 + $1.count } }
    }
}
