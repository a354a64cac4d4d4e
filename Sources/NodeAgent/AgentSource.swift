// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterServers
import ClusterSources
import Logging

/// What tells an agent of the cluster's objects.
struct AgentSource {
    /// Where the objects come from, for the log.
    let name: String
    /// What the source says; for one consumer.
    let updates: AsyncStream<SourceUpdate>
    /// When its server was last heard of, by kind; files have no such thing.
    let contacts: @Sendable () async -> [KindContact]
    /// Ends it, and closes its connections.
    let stop: @Sendable () async -> Void

    /// Starts the source that the configuration names.
    ///
    /// - Throws: what the source says if it cannot be followed at all: files that cannot be watched, a
    ///   kubeconfig that is wrong. A server that does not answer is no such error.
    init(_ configuration: AgentConfiguration, logger: Logger) throws {
        switch configuration.source {
        case .files:
            var settings = WatchSettings()
            settings.quiet = configuration.coalesce
            settings.longestBurst = max(settings.longestBurst, configuration.coalesce * 4)
            let watch = try ManifestWatch(
                configuration.filename, defaultNamespace: configuration.namespace,
                settings: settings)
            name = configuration.filename.joined(separator: " ")
            updates = watch.updates
            contacts = { [] }
            stop = { watch.stop() }
        case .kubernetes:
            let server = try KubernetesConfiguration.find(
                kubeconfig: configuration.kubeconfig, context: configuration.context)
            let source = KubernetesSource(server, logger: logger)
            let recorder = EventRecorder(
                server, host: configuration.node, isOn: configuration.events, logger: logger)
            let (stream, continuation) = AsyncStream<SourceUpdate>.makeStream()
            let forwarding = Task {
                for await update in source.updates {
                    // Policies first: what is said of them can wait.
                    continuation.yield(update)
                    await recorder.record(update)
                }
                continuation.finish()
            }
            name = "\(server.server) (\(server.origin))"
            updates = stream
            contacts = { await source.contacts() }
            stop = {
                source.stop()
                forwarding.cancel()
                await recorder.stop()
            }
        case .etcd:
            let source = try EtcdSource(
                EtcdConfiguration(
                    endpoints: configuration.etcdEndpoints,
                    authorityFile: configuration.etcdCacert,
                    certificateFile: configuration.etcdCert, keyFile: configuration.etcdKey,
                    username: configuration.etcdUsername,
                    passwordFile: configuration.etcdPasswordFile))
            name = configuration.etcdEndpoints.joined(separator: " ")
            updates = source.updates
            contacts = { await source.contacts() }
            stop = { source.stop() }
        }
    }
}
