// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// Which kinds a server serves, asked once for all who want to know.
actor APIDiscovery {
    /// What a server says of one version of a group.
    private struct Answer {
        /// The plurals that can be listed and watched; nil if the server does not know the version.
        var plurals: Set<String>?
        var received: ContinuousClock.Instant
    }

    /// The body of an answer; `metav1.APIResourceList`.
    private struct ResourceList: Decodable {
        struct Resource: Decodable {
            var name: String
            var verbs: [String]
        }
        var resources: [Resource]
    }

    /// A group with one of these is where policies are. Calico's addresses may be stored in another.
    private static let decisive: Set = ["tiers", "networkpolicies", "globalnetworkpolicies"]

    private let client: KubernetesClient
    private var answers: [KubernetesResource.Version: Answer] = [:]
    private var asked: [KubernetesResource.Version: Task<Set<String>?, any Error>] = [:]

    init(_ client: KubernetesClient) { self.client = client }

    /// The version in which a resource is to be read; nil if the server does not have it.
    ///
    /// - Parameter age: how old an answer may be that somebody else has got.
    func version(
        of resource: KubernetesResource, notOlderThan age: Duration
    ) async throws -> KubernetesResource.Version? {
        if resource.presence == .required { return resource.versions.first }
        for group in resource.groups {
            var isServed = false
            for name in group.versions {
                let version = KubernetesResource.Version(group: group.name, version: name)
                guard let plurals = try await plurals(of: version, notOlderThan: age) else {
                    continue
                }
                if !plurals.isDisjoint(with: Self.decisive) { isServed = true }
                if plurals.contains(resource.plural) { return version }
            }
            // Another group may serve the same objects, but this is the one that stores them.
            if isServed { return nil }
        }
        return nil
    }

    /// Whether any version of the group that stores a resource is served, as far as is known.
    func isGroupServed(of resource: KubernetesResource) -> Bool {
        resource.versions.contains { answers[$0]?.plurals != nil }
    }

    private func plurals(
        of version: KubernetesResource.Version, notOlderThan age: Duration
    ) async throws -> Set<String>? {
        if let answer = answers[version], ContinuousClock.now - answer.received < age {
            return answer.plurals
        }
        if let task = asked[version] { return try await task.value }
        let task = Task { [client] in try await Self.ask(client, version) }
        asked[version] = task
        defer { asked[version] = nil }
        let plurals = try await task.value
        answers[version] = Answer(plurals: plurals, received: .now)
        return plurals
    }

    private static func ask(
        _ client: KubernetesClient, _ version: KubernetesResource.Version
    ) async throws -> Set<String>? {
        let call = APICall(verb: "get", path: version.path)
        do throws(KubernetesError) {
            let body = try await client.read(call)
            guard let list = try? JSONDecoder().decode(ResourceList.self, from: Data(body)) else {
                throw KubernetesError(
                    .malformed, call.description, "the answer is no list of resources")
            }
            let readable = list.resources.filter {
                $0.verbs.contains("list") && $0.verbs.contains("watch")
            }
            return Set(readable.map(\.name))
        } catch {
            guard error.reason == .absent else { throw error }
            return nil
        }
    }
}
