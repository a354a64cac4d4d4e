// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Logging
import ServiceLifecycle

/// The agent as a process: its services, from their start to their end.
public enum AgentService {
    /// Runs until SIGTERM or SIGINT.
    ///
    /// - Throws: ``HealthServerError`` if the address to listen at cannot be had.
    public static func run(_ configuration: AgentConfiguration) async throws {
        let logger = LineLogHandler.logger(
            format: configuration.logFormat, level: configuration.logLevel)
        let registry = MetricsRegistry()
        _ = AgentMetrics(in: registry)
        let status = AgentStatus(node: configuration.node, started: Date())
        var services: [any Service] = [WaitingService()]
        if let address = configuration.listen {
            services.append(
                HealthServer(
                    address: address, registry: registry, logger: logger, isAlive: { true },
                    status: { status }))
        }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        logger.info("started", metadata: ["node": "\(configuration.node)"])
        try await group.run()
        logger.info("stopped")
    }
}

/// Stands where the agent's loop will.
private struct WaitingService: Service {
    func run() async throws { try? await gracefulShutdown() }
}
