// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

extension Field {
    /// Refuses every field that the API does not define, as the API does: it may have been meant to
    /// narrow the object, or to put it into another place.
    func requireKnown(
        besides known: [String], confusions: [String: String] = [:], _ log: inout ProblemLog
    ) {
        let former = log.refusesUnknownFields
        log.refusesUnknownFields = true
        defer { log.refusesUnknownFields = former }
        warnOfUnknown(besides: known, confusions: confusions, &log)
    }

    /// Warns of every field that the API does not define: it has no effect, and is most often a
    /// slip of the pen. Where the log refuses such fields, it is an error.
    ///
    /// - Parameters:
    ///   - known: The fields that the API defines here.
    ///   - confusions: Fields that exist elsewhere, and what is meant by them here.
    ///   - effect: What ignoring a field means here, for the message.
    func warnOfUnknown(
        besides known: [String], confusions: [String: String] = [:],
        effect: String = "has no effect", _ log: inout ProblemLog
    ) {
        guard case .mapping(let entries) = node.content else { return }
        for entry in entries where !known.contains(entry.key) {
            let meant = confusions[entry.key] ?? NearMiss.of(entry.key, among: known)
            let isError = log.refusesUnknownFields
            // To leave it out is no advice: it was meant to narrow something, perhaps.
            let others = isError ? "the fields here are: \(known.joined(separator: ", "))" : nil
            log.report(
                isError ? .error : .warning, at: entry.position, path: .member(path, entry.key),
                isError ? "is an unknown field" : "is an unknown field and \(effect)",
                remedy: meant.map { "did you mean \($0)?" } ?? others, topic: .unknownField)
        }
    }
}

extension Field {
    /// Warns of fields that are nearly called as one of these, in an object whose other fields are
    /// many and do not matter here.
    func warnOfNearMisses(of known: [String], _ log: inout ProblemLog) {
        guard case .mapping(let entries) = node.content else { return }
        for entry in entries where !known.contains(entry.key) {
            guard let meant = NearMiss.of(entry.key, among: known) else { continue }
            log.report(
                .warning, at: entry.position, path: .member(path, entry.key),
                "is an unknown field and has no effect", remedy: "did you mean \(meant)?",
                topic: .unknownField)
        }
    }
}

/// The known word that somebody probably meant.
package enum NearMiss {
    /// The known word nearest to `word`: equal but for capitals, or at most two slips away, and
    /// fewer for short words; nil if there is none.
    package static func of(_ word: String, among known: [String]) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let lowered = word.lowercased()
        if let same = known.first(where: { $0.lowercased() == lowered }) { return same }
        let near = known.map { (word: $0, distance: distance(lowered, $0.lowercased())) }
        let best = near.min { $0.distance < $1.distance }
        guard let best, best.distance <= min(2, (best.word.count + 1) / 3) else { return nil }
        return best.word
    }

    /// How many letters must be inserted, removed, replaced or swapped with their neighbour.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left)
        let right = Array(right)
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in left.indices {
            var current = [i + 1]
            for j in right.indices {
                var cost = min(
                    last[j + 1] + 1, current[j] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
