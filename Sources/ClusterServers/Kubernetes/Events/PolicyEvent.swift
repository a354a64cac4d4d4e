// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation

/// Something that is to be said of an object where `kubectl describe` shows it: an Event of the core API.
struct PolicyEvent: Hashable, Sendable {
    /// The object of which it is said.
    struct Subject: Hashable, Sendable {
        var resource: KubernetesResource
        var version: KubernetesResource.Version
        var namespace: String?
        var name: String
        /// Nil where it could not be asked for; then `kubectl describe` does not find the event.
        var uid: String?

        /// In which namespace events about it are.
        var eventNamespace: String { namespace ?? "default" }
    }

    /// Events are a kilobyte at most (core/v1, Event validation).
    private static let maximumLength = 1024

    var subject: Subject
    /// Whether the object, or the part that is spoken of, is not in force.
    var isProblem: Bool
    var text: String

    /// Events about policies whose names are the same on all nodes, so that they are written once.
    var name: String {
        let hash = Self.hash("\(subject.resource.place)/\(text)")
        return "\(subject.name.prefix(220)).\(String(hash, radix: 16))"
    }

    /// The event in JSON.
    ///
    /// - Parameters:
    ///   - times: when it was first and last seen, by the wall clock, and how often.
    ///   - host: the node that says it.
    func json(_ times: Occurrence, host: String) -> [UInt8] {
        let body = Body(
            metadata: .init(name: name, namespace: subject.eventNamespace),
            involvedObject: .init(
                apiVersion: subject.version.apiVersion, kind: subject.resource.kind,
                namespace: subject.namespace, name: subject.name, uid: subject.uid),
            reason: isProblem ? "PolicyNotEnforced" : "PolicyDoubtful", message: message,
            source: .init(host: host), firstTimestamp: Self.time(times.first),
            lastTimestamp: Self.time(times.last), count: times.count, reportingInstance: host)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? [UInt8](encoder.encode(body))) ?? []
    }

    /// What changes when it is seen again, as a merge patch.
    static func patch(_ times: Occurrence) -> [UInt8] {
        Array(#"{"count":\#(times.count),"lastTimestamp":"\#(time(times.last))"}"#.utf8)
    }

    /// When something was seen.
    struct Occurrence: Hashable, Sendable {
        var first: Date
        var last: Date
        var count: Int
    }

    private var message: String {
        guard text.utf8.count > Self.maximumLength else { return text }
        var short = text
        while short.utf8.count > Self.maximumLength - 3 { short.removeLast() }
        return "\(short)…"
    }

    private static func time(_ date: Date) -> String {
        ISO8601DateFormatter().string(from: date)
    }

    /// FNV-1a: the same in every process, unlike `Hasher`.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    private struct Body: Encodable {
        struct Metadata: Encodable {
            var name: String
            var namespace: String
        }
        struct Reference: Encodable {
            var apiVersion: String
            var kind: String
            var namespace: String?
            var name: String
            var uid: String?
        }
        struct Source: Encodable {
            var component = "sluice"
            var host: String
        }
        var apiVersion = "v1"
        var kind = "Event"
        var metadata: Metadata
        var involvedObject: Reference
        var reason: String
        var message: String
        var type = "Warning"
        var source: Source
        var firstTimestamp: String
        var lastTimestamp: String
        var count: Int
        var reportingComponent = "sluice"
        var reportingInstance: String
    }
}
