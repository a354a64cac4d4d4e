// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// The objects of one kind in all files, and which file's counts where several define one.
///
/// Every operation costs as much as the objects of the file concerned.
struct ObjectIndex<Value: ClusterObject>: Sendable {
    typealias ID = Value.ID
    /// What an object was before a batch of updates; nil if there was none.
    typealias Former = [ID: Located<Value>?]

    /// The last good content of each file that has objects of this kind.
    private var contents: [String: [ID: Located<Value>]] = [:]
    /// The files that define an object, in order of path. The first counts.
    private var holders: [ID: [String]] = [:]
    /// One problem for each definition but the first, of the objects defined more than once.
    private(set) var collisions: [ID: [Diagnostic]] = [:]

    /// How many objects there are of each API kind that ever had one.
    private(set) var counts: [String: Int] = [:]

    var isEmpty: Bool { holders.isEmpty }

    /// All objects, each once, in order of name.
    var values: [Value] { holders.keys.sorted().compactMap { self[$0]?.value } }

    /// The definition that counts.
    subscript(id: ID) -> Located<Value>? {
        holders[id]?.first.flatMap { contents[$0]?[id] }
    }

    /// Replaces all objects of a file, and notes in `former` what those were that may change.
    mutating func replace(
        _ file: String, with objects: [ID: Located<Value>], noting former: inout Former
    ) {
        let known = contents[file] ?? [:]
        for id in known.keys {
            note(id, &former)
            guard objects[id] == nil else { continue }
            holders[id]?.removeAll { $0 == file }
            if holders[id]?.isEmpty == true {
                holders[id] = nil
                counts[Value.name(of: id).kind, default: 0] -= 1
            }
        }
        for id in objects.keys where known[id] == nil {
            note(id, &former)
            if holders[id] == nil { counts[Value.name(of: id).kind, default: 0] += 1 }
            let position = holders[id]?.firstIndex { file < $0 } ?? holders[id]?.endIndex ?? 0
            holders[id, default: []].insert(file, at: position)
        }
        contents[file] = objects.isEmpty ? nil : objects
    }

    private func note(_ id: ID, _ former: inout Former) {
        if former[id] == nil { former.updateValue(self[id], forKey: id) }
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
            let old = former[id].flatMap { $0?.value }
            let new = self[id]?.value
            if old != new { changes.append((id, old, new)) }
            let places = holders[id, default: []].compactMap { contents[$0]?[id]?.origin }
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
