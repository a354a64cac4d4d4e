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
    /// Ends it.
    let stop: @Sendable () -> Void

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
            stop = { watch.stop() }
        case .kubernetes:
            let server = try KubernetesConfiguration.find(
                kubeconfig: configuration.kubeconfig, context: configuration.context)
            let source = KubernetesSource(server, logger: logger)
            name = "\(server.server) (\(server.origin))"
            updates = source.updates
            stop = { source.stop() }
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
            stop = { source.stop() }
        }
    }
}
