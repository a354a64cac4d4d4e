// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Logging
import PolicyModel

/// Follows the objects of a Kubernetes cluster, and says what changes.
///
/// ```swift
/// let source = KubernetesSource(try .find(), logger: logger)
/// for await update in source.updates { … }
/// ```
///
/// Every kind is listed and then watched. What the server has told stays as it was when the server is
/// away, refuses, or says what nobody understands, until it has told everything anew; then what is not
/// there any more goes in the same update in which everything else comes.
public final class KubernetesSource: Sendable {
    /// The first complete update comes when every kind has been listed, further ones when something
    /// has changed; earlier ones tell what stands in the way. It is for one consumer, and ends with
    /// ``stop()``. When the consumer ends or is cancelled, the source stops.
    public let updates: AsyncStream<SourceUpdate>
    private let cluster: FollowedCluster
    private let task: Task<Void, Never>

    /// Starts to follow.
    ///
    /// - Parameters:
    ///   - configuration: where the server is, and who we are.
    ///   - kinds: what to follow.
    public init(
        _ configuration: KubernetesConfiguration, kinds: KubernetesKinds = .all,
        settings: FollowSettings = FollowSettings(), logger: Logger
    ) {
        let (stream, continuation) = AsyncStream<SourceUpdate>.makeStream()
        updates = stream
        let resources = kinds.resources
        let cluster = FollowedCluster(
            resources, server: configuration.server, settings, logger
        ) { continuation.yield($0) }
        self.cluster = cluster
        task = Task {
            let client = KubernetesClient(configuration, patience: settings.patience)
            let discovery = APIDiscovery(client)
            let streams = StreamedLists(settings.streamsLists, logger)
            await withTaskGroup(of: Void.self) { group in
                for resource in resources {
                    let follower = ResourceFollower(
                        resource, client, discovery, cluster, streams, settings)
                    group.addTask { await follower.run() }
                }
            }
            await client.close()
            continuation.finish()
        }
        continuation.onTermination = { [task] _ in task.cancel() }
    }

    /// Ends ``updates``, and closes all connections.
    public func stop() { task.cancel() }

    /// When the server last said anything about each kind, in order of name.
    public func contacts() async -> [KindContact] { await cluster.contacts }
}

/// Which kinds of a cluster are followed.
public struct KubernetesKinds: OptionSet, Hashable, Sendable {
    /// The bits of the groups of kinds.
    public let rawValue: Int

    /// The groups of these bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Namespaces, pods, nodes, accounts, slices of services, and NetworkPolicies.
    public static let core = KubernetesKinds(rawValue: 1)
    /// ClusterNetworkPolicies and what was before them.
    public static let clusterPolicies = KubernetesKinds(rawValue: 2)
    /// The objects of Calico's API.
    public static let calico = KubernetesKinds(rawValue: 4)
    /// All of them.
    public static let all: KubernetesKinds = [.core, .clusterPolicies, .calico]

    var resources: [KubernetesResource] {
        (contains(.core) ? KubernetesResource.core : [])
            + (contains(.clusterPolicies) ? KubernetesResource.clusterPolicies : [])
            + (contains(.calico) ? KubernetesResource.calico : [])
    }
}
