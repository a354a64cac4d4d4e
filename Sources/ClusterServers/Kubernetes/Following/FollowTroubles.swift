// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation

/// What keeps kinds from being followed, told for people: what has one cause is told once, and in words
/// that stay the same while it lasts.
struct FollowTroubles {
    /// One for each cause, in order of the kinds.
    private(set) var problems: [SourceProblem] = []

    init(kinds: [FollowedKind], server: String, longestWait: Duration) {
        let next = "tried again every \(longestWait.components.seconds) s at the latest"
        var common: [String: [FollowedKind]] = [:]
        for kind in kinds {
            guard let trouble = kind.trouble else { continue }
            if Self.isCommon(trouble.error.reason) {
                common[trouble.error.cause, default: []].append(kind)
            } else {
                let state = kind.isSettled ? "its objects stay as they were" : "never listed"
                problems.append(
                    SourceProblem(
                        path: kind.resource.place,
                        text:
                            "\(kind.resource.place): \(trouble.error) (since "
                            + "\(Self.time(trouble.since)); \(state); \(next))"))
            }
        }
        for (cause, concerned) in common.sorted(by: { $0.key < $1.key }) {
            problems.append(
                SourceProblem(
                    path: server, text: Self.text(server, cause, concerned, next)))
        }
    }

    /// Whether the reason probably concerns all kinds.
    private static func isCommon(_ reason: KubernetesError.Reason) -> Bool {
        switch reason {
        case .unreachable, .silent, .credentials, .unauthorized, .throttled, .failure: true
        default: false
        }
    }

    private static func text(
        _ server: String, _ cause: String, _ kinds: [FollowedKind], _ next: String
    ) -> String {
        let since = kinds.compactMap(\.failure?.since).min() ?? Date()
        let remedy = kinds.lazy.compactMap(\.failure?.error.remedy).first.map { "; \($0)" } ?? ""
        var parts: [String] = []
        let known = kinds.filter(\.isSettled).map(\.resource.place)
        if !known.isEmpty { parts.append("\(names(known)) as they were last") }
        let unknown = kinds.filter { !$0.isSettled }.map(\.resource.place)
        if !unknown.isEmpty { parts.append("\(names(unknown)) never listed") }
        let begin = cause.hasPrefix(server) ? cause : "\(server): \(cause)"
        return "\(begin)\(remedy) (since \(time(since)); \(parts.joined(separator: "; ")); \(next))"
    }

    /// The first few of many.
    private static func names(_ names: [String]) -> String {
        if names.count <= 3 { return names.joined(separator: ", ") }
        return "\(names.prefix(2).joined(separator: ", ")) and \(names.count - 2) more kinds"
    }

    private static func time(_ date: Date) -> String {
        ISO8601DateFormatter().string(from: date)
    }
}
