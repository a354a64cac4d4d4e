// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation

/// Since when a cluster cannot be followed, and what each of its members has said to that.
struct EtcdOutage {
    private var since: Date?
    private var errors: [String: EtcdError] = [:]

    /// Takes note of a failure.
    mutating func note(_ error: EtcdError, at now: Date) {
        since = since ?? now
        errors[error.endpoint ?? ""] = error
    }

    /// All is well.
    mutating func end() {
        since = nil
        errors = [:]
    }

    /// Why, in one line; nil if all is well.
    var cause: String? {
        guard since != nil else { return nil }
        let causes = errors.values.map { error in
            error.endpoint.map { "\($0): \(error.cause)" } ?? error.cause
        }
        return causes.sorted().joined(separator: "; ")
    }

    /// One problem for each member.
    ///
    /// - Parameter isKnown: whether everything has been read once.
    func problems(isKnown: Bool) -> [SourceProblem] {
        guard let since else { return [] }
        let time = Date.ISO8601FormatStyle().format(since)
        let what =
            isKnown
            ? "what was read last stays in force, without changes since \(time)"
            : "tried since \(time); nothing is enforced before everything has been read"
        return errors.values.sorted { $0.description < $1.description }.map { error in
            SourceProblem(path: error.endpoint ?? "etcd", text: "\(error) (\(what))")
        }
    }
}
