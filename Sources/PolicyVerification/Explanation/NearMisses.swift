// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// The endpoints that somebody may have meant who wrote a name that none has.
struct NearMisses {
    private let wanted: EndpointID

    init(_ wanted: EndpointID) { self.wanted = wanted }

    /// At most five, the likeliest first: the same name elsewhere, names that begin with it (the
    /// pods of a workload), then names that differ in a few letters.
    func among(_ candidates: [EndpointID]) -> [EndpointID] {
        let rated = candidates.compactMap { id in penalty(id).map { (penalty: $0, id: id) } }
        return rated.sorted { ($0.penalty, $0.id) < ($1.penalty, $1.id) }.prefix(5).map(\.id)
    }

    private func penalty(_ id: EndpointID) -> Int? {
        let elsewhere = id.namespace == wanted.namespace ? 0 : 2
        if id.name == wanted.name { return elsewhere }
        if id.name.hasPrefix(wanted.name + "-") { return 1 + elsewhere }
        let limit = max(1, wanted.name.utf8.count / 3)
        let distance = distance(Array(id.name.utf8), Array(wanted.name.utf8))
        return distance <= limit ? 2 + distance + elsewhere : nil
    }

    /// How many letters must be added, taken away, replaced or swapped with their neighbour to make
    /// one text of the other.
    private func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for line in left.indices {
            var row = [line + 1]
            for column in right.indices {
                let replaced = last[column] + (left[line] == right[column] ? 0 : 1)
                var least = min(replaced, last[column + 1] + 1, row[column] + 1)
                if line > 0, column > 0, left[line] == right[column - 1],
                    left[line - 1] == right[column]
                {
                    least = min(least, beforeLast[column - 1] + 1)
                }
                row.append(least)
            }
            beforeLast = last
            last = row
        }
        return last[right.count]
    }
}
