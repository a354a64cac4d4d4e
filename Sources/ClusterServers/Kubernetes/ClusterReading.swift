// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Logging
import PolicyModel

/// What a cluster was at one time.
public struct ClusterReading: Sendable {
    /// All objects that could be read.
    public var state: ClusterState
    /// What is wrong with those that could not.
    public var problems: [SourceProblem]
    /// What keeps nothing out, and may not be meant so.
    public var warnings: [SourceProblem]
    /// How many objects there are, by kind.
    public var objectCount: [String: Int]
}

extension KubernetesSource {
    /// Reads everything once.
    ///
    /// Kinds that the server does not serve have no objects.
    ///
    /// - Throws: ``KubernetesError`` if any kind cannot be listed.
    public static func read(
        _ configuration: KubernetesConfiguration, kinds: KubernetesKinds = .all,
        settings: FollowSettings = FollowSettings(), logger: Logger
    ) async throws(KubernetesError) -> ClusterReading {
        let resources = kinds.resources
        let cluster = FollowedCluster(
            resources, server: configuration.server, settings, logger
        ) { _ in }
        let client = KubernetesClient(configuration, patience: settings.patience)
        let discovery = APIDiscovery(client)
        let failure = await withTaskGroup(of: KubernetesError?.self) { group -> KubernetesError? in
            for resource in resources {
                group.addTask {
                    do {
                        try await Self.list(resource, client, discovery, cluster, settings)
                        return nil
                    } catch let error as KubernetesError {
                        return error
                    } catch {
                        return KubernetesError(.unreachable, "list \(resource.place)", "\(error)")
                    }
                }
            }
            // One is enough: what is lacking is lacking.
            for await failure in group {
                guard let failure else { continue }
                group.cancelAll()
                return failure
            }
            return nil
        }
        await client.close()
        if let failure { throw failure }
        await cluster.settle()
        return ClusterReading(
            state: await cluster.state, problems: await cluster.problems,
            warnings: await cluster.warnings, objectCount: await cluster.objectCount)
    }

    private static func list(
        _ resource: KubernetesResource, _ client: KubernetesClient, _ discovery: APIDiscovery,
        _ cluster: FollowedCluster, _ settings: FollowSettings
    ) async throws {
        guard let served = try await discovery.version(of: resource, notOlderThan: .seconds(600))
        else {
            await cluster.miss(
                resource, isGroupServed: await discovery.isGroupServed(of: resource))
            return
        }
        let reader = ListReader(resource, in: served, client, cluster, settings)
        _ = try await reader.read()
    }
}
