// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NIOCore
import NIOHTTP1
import NIOSSL

/// Reads a connection's requests, one after the other.
///
/// Answers are written as bytes, not by NIO's encoder, so that they can be cut anywhere.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let server: APIServer
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    private init(_ server: APIServer) { self.server = server }

    /// What reads requests for a server.
    static func pipeline(for server: APIServer) -> [any ChannelHandler] {
        [
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
            RequestHandler(server),
        ]
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let bytes):
            body += bytes.readableBytesView
        case .end:
            guard let head else { return }
            let peer = try? context.pipeline.syncOperations.nioSSL_peerCertificate()?.toDERBytes()
            server.serve(APIRequest(head, body: body), head, certificate: peer, on: context.channel)
            self.head = nil
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
