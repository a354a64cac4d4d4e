// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import Logging
import NetfilterKernel
import ServiceLifecycle

/// The agent as a process: its services, from their start to their end.
public enum AgentService {
    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Throws: ``HealthServerError`` if the address to listen at cannot be had, `NetlinkError` if
    ///   the kernel cannot be spoken to, and what the source says if it cannot be followed at all.
    public static func run(_ configuration: AgentConfiguration) async throws {
        ProcessMemory.keepLargeBlocksApart()
        let logger = LineLogHandler.logger(
            format: configuration.logFormat, level: configuration.logLevel)
        let registry = MetricsRegistry()
        let port = try KernelPort()
        let interfaces = try InterfaceList()
        let routing = configuration.interfaces == .routes ? try RoutingWatch() : nil
        // Last, for it has to be ended.
        let source = try AgentSource(configuration, logger: logger)
        let metrics = AgentMetrics(in: registry)
        let agent = NodeAgent(
            configuration: configuration, updates: source.updates, port: port,
            interfaces: interfaces, routing: routing, metrics: metrics, logger: logger)
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if let address = configuration.listen {
            let contacts = source.contacts
            let server = HealthServer(
                address: address, registry: registry, logger: logger,
                isAlive: { await agent.isAlive },
                status: {
                    var status = await agent.status
                    status.contacts = await contacts().map { .init($0, now: Date()) }
                    return status
                },
                refresh: { metrics.set(await contacts(), now: Date()) })
            services.append(.init(service: server))
        }
        services.append(
            .init(service: agent, successTerminationBehavior: .gracefullyShutdownGroup))
        // Its own steps are of interest to nobody but its makers.
        var groupLogger = logger
        groupLogger.logLevel = max(logger.logLevel, .warning)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: groupLogger))
        logger.info(
            "started",
            metadata: [
                "node": "\(configuration.node)",
                "source": "\(source.name)",
            ])
        do {
            try await group.run()
        } catch {
            await source.stop()
            throw error
        }
        await source.stop()
        logger.info("stopped")
    }
}
