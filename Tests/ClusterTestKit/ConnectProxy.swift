// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NIOCore
import NIOPosix
import Synchronization

/// A proxy that is asked by `CONNECT`, on loopback. Whatever name it is asked for, it connects to the port on
/// loopback, so that servers of tests can be reached by names that nobody knows.
public final class ConnectProxy: Sendable {
    /// What it was asked for.
    public struct Request: Hashable, Sendable {
        /// `kubernetes.default.svc:6443`.
        public var target: String
        /// The header `Proxy-Authorization`.
        public var authorization: String?
    }

    /// `http://127.0.0.1:…`.
    public let url: String
    private let listener: any Channel
    private let log: RequestBox

    /// Listens on a port of its own.
    ///
    /// - Parameter authorization: what it wants to see in `Proxy-Authorization`; nil for nothing.
    public init(authorization: String? = nil) async throws {
        let log = RequestBox()
        self.log = log
        listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectHandler(log, authorization))
                }
            }
            .bind(host: LoopbackServer.address, port: 0).get()
        url = "http://\(LoopbackServer.address):\(listener.localAddress?.port ?? 0)"
    }

    /// What it was asked for so far, in order.
    public var requests: [Request] { log.requests.withLock { $0 } }

    /// Takes no more connections.
    public func close() async throws { try await listener.close() }
}

private final class RequestBox: Sendable {
    let requests = Mutex<[ConnectProxy.Request]>([])
}

/// Reads one request, and makes way for a relay.
private final class ConnectHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    private let log: RequestBox
    private let authorization: String?
    private var head = ""
    private var hasAnswered = false

    init(_ log: RequestBox, _ authorization: String?) {
        self.log = log
        self.authorization = authorization
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasAnswered else { return context.fireChannelRead(data) }
        head += String(buffer: unwrapInboundIn(data))
        guard head.hasSuffix("\r\n\r\n") else { return }
        hasAnswered = true
        let lines = head.split(separator: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        let name = "proxy-authorization: "
        let shown = lines.first { $0.lowercased().hasPrefix(name) }
            .map { String($0.dropFirst(name.count)) }
        guard words.count == 3, words[0] == "CONNECT",
            let port = words[1].split(separator: ":").last.flatMap({ Int($0) })
        else { return answer("405 Method Not Allowed", context.channel) }
        log.requests.withLock { $0.append(.init(target: String(words[1]), authorization: shown)) }
        guard authorization == nil || authorization == shown else {
            return answer("407 Proxy Authentication Required", context.channel)
        }
        connect(context, port)
    }

    private func answer(_ status: String, _ channel: any Channel) {
        let text = "HTTP/1.1 \(status)\r\nContent-Length: 0\r\n\r\n"
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    private func connect(_ context: ChannelHandlerContext, _ port: Int) {
        let inbound = context.channel
        let connection = RelayedConnection(.works, inbound)
        ClientBootstrap(group: inbound.eventLoop)
            .channelInitializer { outbound in
                outbound.pipeline.addHandler(RelayHandler(to: inbound, connection))
            }
            .connect(host: LoopbackServer.address, port: port)
            .whenComplete { result in
                guard case .success(let outbound) = result else {
                    let text = "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
                    inbound.writeAndFlush(ByteBuffer(string: text), promise: nil)
                    return
                }
                inbound.pipeline.addHandler(RelayHandler(to: outbound, connection))
                    .whenSuccess {
                        inbound.writeAndFlush(
                            ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n"), promise: nil)
                    }
            }
    }
}
