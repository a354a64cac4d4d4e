// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import Logging

/// Tells the cluster of policies that cannot be enforced as they are written, as Events that
/// `kubectl describe` shows.
///
/// What is said once is not said again while it lasts; when it comes back its count goes up. All nodes
/// say the same under the same name, so that the cluster hears it once. What is too much at once is
/// left out. That an event cannot be written disturbs nothing: it is logged, without haste.
public actor EventRecorder {
    /// So many at once, and so many in a second for ever.
    private static let burst = 25.0
    private static let rate = 0.1
    /// So many are remembered.
    private static let maximumKnown = 4096

    /// What was said of an object.
    private struct Saying: Hashable {
        var path: String
        var text: String
    }

    private let client: KubernetesClient
    private let discovery: APIDiscovery
    /// What somebody wrote: of pods and nodes nothing is said.
    private let resources: [String: KubernetesResource]
    private let host: String
    private let isOn: Bool
    private let logger: Logger
    private var bucket: TokenBucket
    private var present: Set<Saying> = []
    private var known: [Saying: PolicyEvent.Occurrence] = [:]
    private var queue: [(saying: Saying, isProblem: Bool)] = []
    private var writing: Task<Void, Never>?
    private var failures = 0

    /// A recorder that has said nothing yet. It must be stopped in the end.
    ///
    /// - Parameters:
    ///   - host: the node's name.
    ///   - isOn: whether anything is written at all.
    public init(
        _ configuration: KubernetesConfiguration, host: String, isOn: Bool = true,
        logger: Logger
    ) {
        client = KubernetesClient(configuration)
        discovery = APIDiscovery(client)
        resources = Dictionary(
            uniqueKeysWithValues: KubernetesResource.all.lazy.filter { $0.shape == .policy }
                .map { ($0.place, $0) })
        self.host = host
        self.isOn = isOn
        self.logger = logger
        bucket = TokenBucket(capacity: Self.burst, rate: Self.rate, now: .now)
    }

    /// Takes what an update says of objects, and writes in the background what is new of it.
    public func record(_ update: SourceUpdate) {
        guard isOn else { return }
        let problems = update.problems.filter { subjectPath($0.path) != nil }
            .map { Saying(path: $0.path, text: $0.text) }
        for saying in problems where !present.contains(saying) {
            queue.append((saying, true))
        }
        present = Set(problems)
        for warning in update.warnings where subjectPath(warning.path) != nil {
            queue.append((Saying(path: warning.path, text: warning.text), false))
        }
        if queue.count > Self.maximumKnown { queue.removeFirst(queue.count - Self.maximumKnown) }
        if writing == nil, !queue.isEmpty { writing = Task { await self.write() } }
    }

    /// Waits until everything is written that can be; for the end, and for tests.
    public func flush() async { await writing?.value }

    /// Ends all writing, and closes the connections.
    public func stop() async {
        queue = []
        writing?.cancel()
        await writing?.value
        await client.close()
    }

    // MARK: Writing

    private func write() async {
        defer { writing = nil }
        while !queue.isEmpty, !Task.isCancelled {
            let (saying, isProblem) = queue.removeFirst()
            let now = Date()
            var times = known[saying] ?? .init(first: now, last: now, count: 0)
            times.last = now
            times.count += 1
            // Told apart by what is known: what was left out once may be said the next time.
            guard bucket.take(now: .now) else { continue }
            do throws(KubernetesError) {
                try await write(saying, isProblem, times)
                if known.count >= Self.maximumKnown { known.removeAll() }
                known[saying] = times
                failures = 0
            } catch {
                note(error)
            }
        }
    }

    private func write(
        _ saying: Saying, _ isProblem: Bool, _ times: PolicyEvent.Occurrence
    ) async throws(KubernetesError) {
        guard let (resource, namespace, name) = subjectPath(saying.path),
            let version = try await self.version(of: resource)
        else { return }
        var subject = PolicyEvent.Subject(
            resource: resource, version: version, namespace: namespace, name: name)
        subject.uid = await uid(of: subject)
        let event = PolicyEvent(subject: subject, isProblem: isProblem, text: saying.text)
        let folder = "/api/v1/namespaces/\(subject.eventNamespace)/events"
        if times.count > 1 {
            var call = APICall(
                verb: "patch", path: "\(folder)/\(event.name)", group: "", resource: "events")
            call.content = .init(
                type: "application/merge-patch+json", bytes: PolicyEvent.patch(times))
            do throws(KubernetesError) {
                _ = try await client.read(call)
                return
            } catch {
                // The server forgets events after an hour.
                guard error.reason == .absent else { throw error }
            }
        }
        var call = APICall(verb: "create", path: folder, group: "", resource: "events")
        call.content = .init(type: "application/json", bytes: event.json(times, host: host))
        do throws(KubernetesError) {
            _ = try await client.read(call)
        } catch {
            // Another node may have said it.
            guard error.reason == .conflict else { throw error }
        }
    }

    private func version(
        of resource: KubernetesResource
    ) async throws(KubernetesError) -> KubernetesResource.Version? {
        do {
            return try await discovery.version(of: resource, notOlderThan: .seconds(300))
        } catch let error as KubernetesError {
            throw error
        } catch {
            throw KubernetesError(.unreachable, "look for \(resource.place)", "\(error)")
        }
    }

    private struct Named: Decodable {
        struct Metadata: Decodable { var uid: String? }
        var metadata: Metadata
    }

    private func uid(of subject: PolicyEvent.Subject) async -> String? {
        let folder = subject.namespace.map { "/namespaces/\($0)" } ?? ""
        let call = APICall(
            verb: "get",
            path:
                "\(subject.version.path)\(folder)/\(subject.resource.plural)/\(subject.name)",
            group: subject.version.group, resource: subject.resource.plural)
        guard let body = try? await client.read(call) else { return nil }
        return (try? JSONDecoder().decode(Named.self, from: Data(body)))?.metadata.uid
    }

    private func note(_ error: KubernetesError) {
        failures += 1
        // The first, and then ever more seldom.
        guard failures & (failures - 1) == 0 else { return }
        logger.warning(
            "an event about a policy could not be written",
            metadata: ["error": "\(error)", "failures": "\(failures)"])
    }

    /// Whom a place speaks of, as `networkpolicies/shop/allow-front`; nil if it is no policy, or
    /// nothing of that kind.
    private func subjectPath(
        _ path: String
    ) -> (resource: KubernetesResource, namespace: String?, name: String)? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), let resource = resources[parts[0]],
            parts.allSatisfy({ !$0.isEmpty })
        else { return nil }
        return parts.count == 3
            ? (resource, parts[1], parts[2]) : (resource, nil, parts[1])
    }
}
