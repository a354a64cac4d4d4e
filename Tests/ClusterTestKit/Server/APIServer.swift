// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import PolicyTestKit
import Synchronization

/// A Kubernetes API server for tests, on loopback: it keeps objects, lists and watches as the real one
/// does, as far as clients can see, and goes wrong in all ways in which the real one can.
///
/// ```swift
/// let server = try await APIServer.start()
/// try server.put(#"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}"#)
/// server.faults.inject(.answer(503), times: 2, on: .lists)
/// … server.url …
/// await server.stop()
/// ```
public final class APIServer: Sendable {
    /// `http://127.0.0.1:…` or `https://…`.
    public var url: String { "\(certificates == nil ? "http" : "https")://127.0.0.1:\(port)" }
    /// Where it listens.
    public let port: Int
    /// Its authority, and those of its clients; nil without TLS.
    public let certificates: TestCertificates?
    /// What will go wrong with requests.
    public let faults = FaultQueue()
    /// Who may do what.
    public let access = AccessRules()
    /// What it was asked.
    public let requests = RequestLog()

    let cluster: Mutex<Cluster>
    private let behaviourBox = Mutex(APIBehaviour())
    private let tls: NIOSSLContext?
    private let namespace: NetworkNamespace?
    private let sockets = Mutex(Sockets())

    private struct Sockets {
        var listener: (any Channel)?
        var connections: [ObjectIdentifier: any Channel] = [:]
    }

    private init(
        port: Int, certificates: TestCertificates?, namespace: NetworkNamespace?
    ) throws {
        self.port = port
        self.certificates = certificates
        self.namespace = namespace
        tls = try certificates?.serverContext()
        // A cluster has a past when somebody looks at it for the first time.
        var cluster = Cluster(revision: 1_000)
        for resource in [APIResource].builtIn { cluster.add(resource) }
        self.cluster = Mutex(cluster)
    }

    /// Starts a server with built-in resources and without objects.
    ///
    /// - Parameters:
    ///   - certificates: for TLS; nil for plain HTTP.
    ///   - resources: what CustomResourceDefinitions have brought.
    ///   - namespace: where it listens; nil for that of the process.
    public static func start(
        tls certificates: TestCertificates? = nil,
        resources: [APIResource] = [APIResource].clusterPolicies + [APIResource].calico,
        in namespace: NetworkNamespace? = nil
    ) async throws -> APIServer {
        let (descriptor, port) = try LoopbackServer.listen(port: 0, in: namespace)
        let server = try APIServer(
            port: port, certificates: certificates, namespace: namespace)
        for resource in resources { server.install(resource) }
        try await server.serve(descriptor)
        return server
    }

    // MARK: Connections

    private func serve(_ descriptor: CInt) async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.open(channel) }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .withBoundSocket(descriptor).get()
        sockets.withLock { $0.listener = listener }
    }

    private func open(_ channel: any Channel) throws {
        sockets.withLock { $0.connections[ObjectIdentifier(channel)] = channel }
        channel.closeFuture.whenComplete { _ in
            _ = self.sockets.withLock {
                $0.connections.removeValue(forKey: ObjectIdentifier(channel))
            }
        }
        // A connection that nobody reads from stands as if the server were cut off.
        if behaviour.ignoresConnections { return }
        if let tls {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
        }
        try channel.pipeline.syncOperations.addHandlers(RequestHandler.pipeline(for: self))
    }

    /// Goes away: nobody listens any longer, and all connections are closed.
    public func pause() async throws {
        let (listener, connections) = sockets.withLock { sockets in
            defer { sockets.listener = nil }
            return (sockets.listener, Array(sockets.connections.values))
        }
        try await listener?.close().get()
        for connection in connections { try? await connection.close().get() }
    }

    /// Comes back on the same port, with the same objects.
    public func resume() async throws {
        try await serve(LoopbackServer.listen(port: port, in: namespace).descriptor)
    }

    /// Ends; a server that has ended does not come back.
    public func stop() async { try? await pause() }

    /// How many connections are open.
    public var connectionCount: Int { sockets.withLock { $0.connections.count } }

    /// How it behaves.
    public var behaviour: APIBehaviour { behaviourBox.withLock { $0 } }

    /// Has it behave otherwise.
    public func behave(_ change: (inout APIBehaviour) -> Void) {
        let behaviour = behaviourBox.withLock { behaviour in
            change(&behaviour)
            return behaviour
        }
        cluster.withLock {
            $0.historyLength = behaviour.historyLength
            $0.repeatsEvents = behaviour.repeatsEvents
        }
    }
}
