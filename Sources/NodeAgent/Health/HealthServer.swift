// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import FlyingFox
import FlyingSocks
import Logging
import ServiceLifecycle
import Synchronization

/// Serves health, metrics and status over HTTP until it is told to stop.
///
/// | path | answer |
/// |---|---|
/// | `/healthz` | 200 while the agent's loop is alive, otherwise 503 |
/// | `/readyz` | 200 once in sync and in force, also while the source is cut off, which the first line then says; otherwise 503 with the reasons, one on each line |
/// | `/metrics` | the registry's text |
/// | `/status` | ``AgentStatus`` as JSON |
/// | `/` | these paths |
///
/// It outlives what happens to connections: if it cannot accept any more, because the process has
/// too many open files, it closes them all and listens anew, after a pause of one second at first
/// and of a minute at most. (The pauses grow because FlyingFox 0.27 leaves an eventfd open each
/// time.)
///
/// Nobody is authenticated, and all of it can be read by whoever reaches the address. An idle
/// server sleeps in `epoll_wait(2)` without a time limit, and uses no processor time.
public final class HealthServer: Service {
    /// The address that it was told to listen at; its port may be 0.
    public let address: ListenAddress
    private let routes: HealthRoutes
    private let logger: Logger?
    private let server: Mutex<HTTPServer>

    /// A server that does not listen yet.
    ///
    /// - Parameter isAlive: Whether the agent's loop still turns.
    /// - Parameter status: What the agent says of itself now.
    /// - Parameter refresh: Called before the metrics are printed, to set gauges.
    /// - Parameter logger: Hears when the server has to listen anew.
    public init(
        address: ListenAddress, registry: MetricsRegistry, logger: Logger? = nil,
        isAlive: @escaping @Sendable () async -> Bool,
        status: @escaping @Sendable () async -> AgentStatus,
        refresh: @escaping @Sendable () async -> Void = {}
    ) {
        self.address = address
        self.logger = logger
        routes = HealthRoutes(
            registry: registry, isAlive: isAlive, status: status, refresh: refresh)
        server = Mutex(Self.makeServer(address, routes))
    }

    /// Serves until the task is cancelled or its service group shuts down.
    ///
    /// - Throws: ``HealthServerError`` if the address cannot be had at first.
    public func run() async throws {
        try await cancelWhenGracefulShutdown { try await self.serve() }
    }

    /// The address that it listens at, with the port that the kernel chose; waits for it up to 5 s.
    public func listeningAddress() async throws -> ListenAddress {
        let server = server.withLock { $0 }
        try await server.waitUntilListening(timeout: 5)
        switch await server.listeningAddress {
        case .ip4(_, let port), .ip6(_, let port):
            return ListenAddress(address: address.address, port: port)
        default: throw CancellationError()
        }
    }

    private func serve() async throws {
        var hasListened = false
        var pause = Duration.seconds(1)
        while !Task.isCancelled {
            let server = server.withLock { $0 }
            let watch = Task { try await server.waitUntilListening(timeout: 5) }
            let failure: any Error
            let start = ContinuousClock.now
            do {
                try await server.run()
                return
            } catch {
                failure = error
            }
            watch.cancel()
            hasListened = await watch.result.isSuccess || hasListened
            if Task.isCancelled { return }
            let error = HealthServerError(address: address, failure)
            guard hasListened else { throw error }
            logger?.warning("health server listens anew", error: error)
            if start.duration(to: .now) > .seconds(600) { pause = .seconds(1) }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(60))
            self.server.withLock { $0 = Self.makeServer(address, routes) }
        }
    }

    private static func makeServer(_ address: ListenAddress, _ routes: HealthRoutes) -> HTTPServer {
        // The pool is named here and not left to the default: `poll` in its stead wakes a hundred
        // times a second.
        let pool = SocketPool<ePoll>.ePoll(logger: .disabled)
        return HTTPServer(
            config: HTTPServer.Configuration(
                address: address.socketAddress, timeout: 5, pool: pool, logger: .disabled),
            handler: ClosureHTTPHandler { await routes.answer($0) })
    }
}

extension Result {
    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
