// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import FlyingFox
import FlyingSocks
import ServiceLifecycle

/// Serves health, metrics and status over HTTP until it is told to stop.
///
/// | path | answer |
/// |---|---|
/// | `/healthz` | 200 while the agent's loop is alive, otherwise 503 |
/// | `/readyz` | 200 once in sync and in force, otherwise 503 with the reasons, one on each line |
/// | `/metrics` | the registry's text |
/// | `/status` | ``AgentStatus`` as JSON |
/// | `/` | these paths |
///
/// Nobody is authenticated, and all of it can be read by whoever reaches the address. An idle
/// server sleeps in `epoll_wait(2)` without a time limit, and uses no processor time.
public final class HealthServer: Service {
    /// The address that it was told to listen at; its port may be 0.
    public let address: ListenAddress
    private let server: HTTPServer

    /// A server that does not listen yet.
    ///
    /// - Parameter isAlive: Whether the agent's loop still turns.
    /// - Parameter status: What the agent says of itself now.
    /// - Parameter refresh: Called before the metrics are printed, to set gauges.
    public init(
        address: ListenAddress, registry: MetricsRegistry,
        isAlive: @escaping @Sendable () async -> Bool,
        status: @escaping @Sendable () async -> AgentStatus,
        refresh: @escaping @Sendable () async -> Void = {}
    ) {
        self.address = address
        let routes = HealthRoutes(
            registry: registry, isAlive: isAlive, status: status, refresh: refresh)
        // The pool is named here and not left to the default: `poll` in its stead wakes a hundred
        // times a second.
        let pool = SocketPool<ePoll>.ePoll(logger: .disabled)
        let handler = ClosureHTTPHandler { await routes.answer($0) }
        let configuration = HTTPServer.Configuration(
            address: address.socketAddress, timeout: 5, pool: pool, logger: .disabled)
        server = HTTPServer(config: configuration, handler: handler)
    }

    /// Serves until the task is cancelled or its service group shuts down.
    ///
    /// - Throws: ``HealthServerError`` if the address cannot be had.
    public func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await self.server.run() }
        } catch let error as SocketError {
            if Task.isCancelled || Task.isShuttingDownGracefully { return }
            throw HealthServerError(address: address, error)
        } catch is CancellationError {
            return
        }
    }

    /// The address that it listens at, with the port that the kernel chose; waits for it up to 5 s.
    public func listeningAddress() async throws -> ListenAddress {
        try await server.waitUntilListening(timeout: 5)
        switch await server.listeningAddress {
        case .ip4(_, let port), .ip6(_, let port):
            return ListenAddress(address: address.address, port: port)
        default: throw CancellationError()
        }
    }
}
