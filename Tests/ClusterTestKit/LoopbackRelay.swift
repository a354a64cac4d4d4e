// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NIOCore
import NIOPosix
import Synchronization

/// Carries connections to a server and, when it is told to, lets some fall silent: they stay open and
/// carry nothing, as behind a device that has forgotten them.
public final class LoopbackRelay: Sendable {
    private let listener: any Channel
    private let connections: RelayedConnections

    /// Listens on a port of its own for a server on another, of this machine unless a host is named.
    public init(to port: Int, of host: String = LoopbackServer.address) async throws {
        let connections = RelayedConnections()
        self.connections = connections
        listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { inbound in
                let connection = connections.add(inbound)
                return ClientBootstrap(group: inbound.eventLoop)
                    .channelOption(.autoRead, value: false)
                    .connect(host: host, port: port)
                    .flatMap { outbound in
                        inbound.pipeline.addHandler(RelayHandler(to: outbound, connection))
                            .and(
                                outbound.pipeline.addHandler(RelayHandler(to: inbound, connection))
                            )
                            .flatMap { _ in
                                inbound.setOption(.autoRead, value: true)
                                    .and(outbound.setOption(.autoRead, value: true))
                                    .map { _ in }
                            }
                    }
            }
            .bind(host: LoopbackServer.address, port: 0).get()
    }

    /// Where to connect to.
    public var port: Int { listener.localAddress?.port ?? 0 }

    /// Lets all connections fall silent for good, and those that are made until it goes on.
    public func pause() { connections.pause() }

    /// Lets new connections work again.
    public func resume() { connections.resume() }

    /// Cuts all connections off; new ones work.
    public func cut() { connections.cut() }

    /// Lets the oldest connections fall silent that are still open and work.
    public func silenceOldest(_ count: Int = 1) {
        for _ in 0..<count { connections.silenceOldest() }
    }

    /// Ends it.
    public func close() async throws { try await listener.close() }
}

/// A connection through the relay.
final class RelayedConnection: Sendable {
    enum State { case works, silent, closed }
    let state: Mutex<State>
    private let channel: any Channel

    init(_ state: State, _ channel: any Channel) {
        self.state = Mutex(state)
        self.channel = channel
    }

    var works: Bool { state.withLock { $0 == .works } }

    func close() { channel.close(promise: nil) }
}

/// All connections, the oldest first.
private final class RelayedConnections: Sendable {
    private struct State {
        var connections: [RelayedConnection] = []
        var isPaused = false
    }

    private let state = Mutex(State())

    func add(_ channel: any Channel) -> RelayedConnection {
        state.withLock { state in
            let connection = RelayedConnection(state.isPaused ? .silent : .works, channel)
            state.connections.append(connection)
            return connection
        }
    }

    func pause() {
        state.withLock { state in
            state.isPaused = true
            for connection in state.connections { connection.state.withLock { $0 = .silent } }
        }
    }

    func resume() { state.withLock { $0.isPaused = false } }

    func cut() {
        let all = state.withLock { state in
            defer { state.connections = [] }
            return state.connections
        }
        for connection in all { connection.close() }
    }

    func silenceOldest() {
        state.withLock { state in
            state.connections.first { $0.works }?.state.withLock { $0 = .silent }
        }
    }
}

/// Hands on what comes from one side to the other.
final class RelayHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let other: any Channel
    private let connection: RelayedConnection

    init(to other: any Channel, _ connection: RelayedConnection) {
        self.other = other
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.works else { return }
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.state.withLock { if $0 == .works { $0 = .closed } }
        other.close(promise: nil)
    }
}
