// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Sends requests to one Kubernetes API.
///
/// An answer of 401 makes it get its credentials anew and ask once more. What else fails is a
/// ``KubernetesError``, for somebody else to try again.
final class KubernetesClient: Sendable {
    let configuration: KubernetesConfiguration
    private let http: HTTPClient
    private let credentials: Credentials
    /// How long a server may take to begin an answer.
    private let patience: Duration

    init(_ configuration: KubernetesConfiguration, patience: Duration = .seconds(30)) {
        self.configuration = configuration
        self.patience = patience
        credentials = Credentials(configuration)
        http = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: Self.settings(configuration))
    }

    /// How connections to a server are made.
    static func settings(_ configuration: KubernetesConfiguration) -> HTTPClient.Configuration {
        var settings = HTTPClient.Configuration()
        settings.timeout.connect = .seconds(10)
        settings.redirectConfiguration = .disallow
        // One connection for each watch.
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        settings.connectionPool.retryConnectionEstablishment = false
        settings.httpVersion = .http1Only
        settings.decompression = .disabled
        let identity = identity(of: configuration)
        settings.http1_1ConnectionDebugInitializer = { channel in
            ConnectionSilence.watch(channel).flatMap {
                identity?.check(channel) ?? channel.eventLoop.makeSucceededVoidFuture()
            }
        }
        if let name = configuration.serverName,
            let address = URL(string: configuration.server)?.host
        {
            // The address is written with another name, and found under its own.
            settings.dnsOverride = [name: address]
        }
        settings.proxy = configuration.proxy.map { proxy in
            .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.username.map {
                    .basic(username: $0, password: proxy.password ?? "")
                })
        }
        return settings
    }

    /// What a server's certificate must say, besides what is always asked of it; nil for nothing.
    private static func identity(of configuration: KubernetesConfiguration) -> ServerIdentity? {
        guard configuration.server.hasPrefix("https:"), !configuration.skipsVerification
        else { return nil }
        return configuration.serverName.map(ServerIdentity.init)
    }

    /// Closes all connections.
    func close() async { try? await http.shutdown() }

    /// Sends a request, and reads the whole answer.
    func read(_ call: APICall) async throws(KubernetesError) -> [UInt8] {
        try await open(call).collect(silence: patience)
    }

    /// Sends a request, and gives what comes in answer, once it is known to be no refusal.
    func open(_ call: APICall) async throws(KubernetesError) -> AnswerBody {
        var isSecond = false
        while true {
            let proof = try await credentials.current()
            let response = try await send(call, proof)
            if response.status == .unauthorized, !isSecond {
                isSecond = true
                await credentials.renew(proof.generation)
                // Read to its end, so that the connection serves again.
                _ = try? await AnswerBody(response.body, of: call).collect(silence: patience)
                continue
            }
            guard (200..<300).contains(response.status.code) else {
                if response.status == .unauthorized { await credentials.renew(proof.generation) }
                let body = try? await AnswerBody(response.body, of: call)
                    .collect(silence: patience)
                let status = ServerStatus(
                    status: Int(response.status.code), body: body ?? [],
                    retryAfter: response.headers.first(name: "Retry-After"))
                throw status.error(of: call)
            }
            return AnswerBody(response.body, of: call)
        }
    }

    private func send(
        _ call: APICall, _ proof: Credentials.Proof
    ) async throws(KubernetesError) -> HTTPClientResponse {
        var request = HTTPClientRequest(url: Self.address(of: configuration) + call.target)
        request.tlsConfiguration = proof.tls
        for header in proof.headers { request.headers.add(name: header.name, value: header.value) }
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "sluice")
        if let content = call.content {
            request.method = call.verb == "patch" ? .PATCH : .POST
            request.headers.add(name: "Content-Type", value: content.type)
            request.body = .bytes(ByteBuffer(bytes: content.bytes))
        }
        do {
            let nanoseconds = Int64(patience / .nanoseconds(1))
            return try await http.execute(request, timeout: .nanoseconds(nanoseconds))
        } catch {
            throw ConnectionFailure.error(error, in: call, to: configuration)
        }
    }

    /// The server's address, under the name that its certificate must have.
    static func address(of configuration: KubernetesConfiguration) -> String {
        guard let name = configuration.serverName,
            var parts = URLComponents(string: configuration.server)
        else { return configuration.server }
        parts.host = name
        return parts.string ?? configuration.server
    }
}
