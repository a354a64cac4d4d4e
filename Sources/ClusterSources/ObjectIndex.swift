// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// The objects of one kind in all files, and which file's counts where several define one.
///
/// Every operation costs as much as the objects of the file concerned.
struct ObjectIndex<Value: ClusterObject>: Sendable {
    typealias ID = Value.ID
    /// What objects were before a batch of updates.
    typealias Former = [ID: Before]

    /// What one object was. The first list of a cluster is a large batch of objects that were not there,
    /// which must not take the room of those that were.
    enum Before: Sendable {
        /// There was none.
        case absent
        /// It was defined so.
        indirect case present(Located<Value>)

        var value: Value? {
            if case .present(let located) = self { located.value } else { nil }
        }
    }

    /// Every definition; the origin of each names its file.
    private var definitions = NumberedSlots<Located<Value>>()
    /// The definitions of each file that has any.
    private var files: [String: NumberList] = [:]
    /// The definitions of each object, in order of their files' paths. The first counts.
    private var holders: [ID: NumberList] = [:]
    /// One problem for each definition but the first, of the objects defined more than once.
    private(set) var collisions: [ID: [Diagnostic]] = [:]

    /// How many objects there are of each API kind that ever had one.
    private(set) var counts: [String: Int] = [:]

    var isEmpty: Bool { holders.isEmpty }

    /// All objects, each once, in order of name.
    var values: [Value] { holders.keys.sorted().compactMap { self[$0]?.value } }

    /// The definition that counts.
    subscript(id: ID) -> Located<Value>? { holders[id].map { definitions[$0.first] } }

    /// Replaces all objects of a file, whose name their origins have, and notes in `former` what those
    /// were that may change.
    mutating func replace(
        _ file: String, with objects: [ID: Located<Value>], noting former: inout Former
    ) {
        let known = files[file]
        if known == nil, objects.isEmpty { return }
        var kept: [Int32] = []
        var remaining = objects
        for number in known?.all ?? [] {
            let id = definitions[number].value.id
            note(id, &former)
            if let object = remaining.removeValue(forKey: id) {
                definitions[number] = object
                kept.append(number)
            } else {
                withdraw(number, id)
            }
        }
        for (id, object) in remaining {
            note(id, &former)
            kept.append(define(object, id))
        }
        files[file] = NumberList(kept)
    }

    private mutating func define(_ object: Located<Value>, _ id: ID) -> Int32 {
        let number = definitions.insert(object)
        var numbers = holders[id]?.all ?? []
        if numbers.isEmpty { counts[Value.name(of: id).kind, default: 0] += 1 }
        let file = object.origin.source
        let position = numbers.firstIndex { file < definitions[$0].origin.source }
        numbers.insert(number, at: position ?? numbers.endIndex)
        holders[id] = NumberList(numbers)
        return number
    }

    private mutating func withdraw(_ number: Int32, _ id: ID) {
        definitions.remove(number)
        let rest = NumberList(holders[id]?.all.filter { $0 != number } ?? [])
        holders[id] = rest
        if rest == nil { counts[Value.name(of: id).kind, default: 0] -= 1 }
    }

    private func note(_ id: ID, _ former: inout Former) {
        if former[id] == nil { former[id] = self[id].map(Before.present) ?? .absent }
    }

    /// Works out who collides after a batch, and what has changed, in order of name.
    ///
    /// - Returns: The objects whose value differs, and the collisions that are new.
    mutating func settle(
        _ former: Former
    ) -> (changes: [(id: ID, old: Value?, new: Value?)], collisions: [Diagnostic]) {
        var changes: [(id: ID, old: Value?, new: Value?)] = []
        var news: [Diagnostic] = []
        for id in former.keys.sorted() {
            let old = former[id]?.value
            let new = self[id]?.value
            if old != new { changes.append((id, old, new)) }
            let places = holders[id]?.all.map { definitions[$0].origin } ?? []
            let found = places.dropFirst().map {
                Diagnostic.definedTwice(Value.name(of: id), at: $0, first: places[0])
            }
            let known = collisions[id] ?? []
            news += found.filter { !known.contains($0) }
            collisions[id] = found.isEmpty ? nil : found
        }
        return (changes, news)
    }

    /// The objects of a file by name, and a problem for each that stands in it twice.
    static func unique(
        _ located: [Located<Value>], _ problems: inout [Diagnostic]
    ) -> [ID: Located<Value>] {
        // A file of one object has none of all kinds but one.
        guard located.count > 1 else {
            return located.first.map { [$0.value.id: $0] } ?? [:]
        }
        var unique: [ID: Located<Value>] = [:]
        unique.reserveCapacity(located.count)
        for object in located {
            let id = object.value.id
            if let first = unique[id] {
                problems.append(
                    .definedTwice(Value.name(of: id), at: object.origin, first: first.origin))
            } else {
                unique[id] = object
            }
        }
        return unique
    }
}
