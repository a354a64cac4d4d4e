// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// A set's elements made ready to be looked up.
struct SetContent {
    /// An element that was found.
    struct Found {
        /// Nil in a set, and for a verdict that is not known.
        var verdict: Verdict?
    }

    /// In bytes, fields of a concatenation padded to whole words; zero where it is not known.
    let keyLength: Int
    /// The same of each field.
    let fieldLengths: [Int]
    private let find: @Sendable ([UInt8]) -> Found?
    /// The element for all keys that have none of their own.
    private let catchAll: Found?

    init(_ set: NamedSet) {
        let lengths = set.key.map { set.key.count > 1 ? $0.paddedLength : $0.length }
        var keyLength = lengths.reduce(0, +)
        var catchAll: Found?
        switch set.elements {
        case .ipv4(let addresses):
            let members = Set(addresses)
            find = { UInt32(networkBytes: $0).flatMap { members.contains($0) ? Found() : nil } }
        case .ipv6(let addresses):
            let members = Set(addresses)
            find = { UInt128(networkBytes: $0).flatMap { members.contains($0) ? Found() : nil } }
        case .ipv4Intervals(let set):
            find = { UInt32(networkBytes: $0).flatMap { set.contains($0) ? Found() : nil } }
        case .ipv6Intervals(let set):
            find = { UInt128(networkBytes: $0).flatMap { set.contains($0) ? Found() : nil } }
        case .entries(let all):
            catchAll = all.first { $0.key.isEmpty }.map { Found(verdict: $0.verdict) }
            let entries = all.filter { !$0.key.isEmpty }
            if keyLength == 0, !set.isInterval { keyLength = entries.first?.key.count ?? 0 }
            if entries.contains(where: { $0.keyEnd != nil }) {
                find = { key in
                    entries.first { $0.covers(key, fields: lengths) }
                        .map { Found(verdict: $0.verdict) }
                }
            } else {
                let members = Dictionary(entries.map { ($0.key, Found(verdict: $0.verdict)) }) {
                    first, _ in first
                }
                find = { members[$0] }
            }
        }
        self.keyLength = keyLength
        fieldLengths = lengths
        self.catchAll = catchAll
    }

    /// The key's element; nil if there is none.
    func entry(_ key: [UInt8]) -> Found? { find(key) ?? catchAll }
}

extension SetEntry {
    /// Whether each field of the value lies between those of the key and its end.
    func covers(_ value: [UInt8], fields lengths: [Int]) -> Bool {
        let end = keyEnd ?? key
        var position = 0
        for length in lengths {
            let range = position..<position + length
            let field = Array(value[range])
            if field.lexicographicallyPrecedes(key[range])
                || end[range].lexicographicallyPrecedes(field)
            {
                return false
            }
            position += length
        }
        return true
    }
}
