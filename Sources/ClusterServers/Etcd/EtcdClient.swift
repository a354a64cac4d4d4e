// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOSSL

/// Asks one server of an etcd cluster at a time, by its HTTP interface.
actor EtcdClient {
    /// The largest answer that is taken, in bytes; a page of fewer values may fit.
    private static let maximumAnswer = 16 << 20

    private let http: HTTPClient
    private let configuration: EtcdConfiguration
    private let endpoints: [String]
    private var current: Int
    private var credentials: EtcdCredentials
    private var token: String?

    /// - Throws: ``EtcdError`` for options that cannot be right.
    init(_ configuration: EtcdConfiguration) throws(EtcdError) {
        self.configuration = configuration
        endpoints = try configuration.validated()
        // Agents spread over the members.
        current = Int.random(in: 0..<endpoints.count)
        credentials = EtcdCredentials(configuration)
        http = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: Self.settings(configuration.timing))
    }

    private static func settings(_ timing: EtcdTiming) -> HTTPClient.Configuration {
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.httpVersion = .http1Only
        settings.timeout.connect = .nanoseconds(
            Int64(timing.connect / .nanoseconds(1)))
        settings.connectionPool.retryConnectionEstablishment = false
        // Each watch keeps one busy.
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            CalicoResource.all.count + 8
        settings.http1_1ConnectionDebugInitializer = { channel in
            channel.setOption(.socketOption(.so_keepalive), value: 1).flatMap {
                KeepAlive.set(channel)
            }
        }
        return settings
    }

    /// Whom it asks now.
    var endpoint: String { endpoints[current] }

    /// How many servers there are to ask.
    nonisolated var endpointCount: Int { endpoints.count }

    /// Takes the next server.
    func advance() { current = (current + 1) % endpoints.count }

    /// Reads the files with certificates again, if they have changed.
    func refresh() throws { try credentials.refresh() }

    /// Ends all connections.
    func close() async { try? await http.shutdown() }

    /// Asks a question with one answer.
    func answer<Answer: Decodable & Sendable>(
        to path: String, _ question: some Encodable & Sendable, _ operation: String,
        as type: Answer.Type
    ) async throws -> Answer {
        try await unary(path, Self.encoded([question]), operation, as: type)
    }

    private func unary<Answer: Decodable & Sendable>(
        _ path: String, _ question: [UInt8], _ operation: String, as type: Answer.Type
    ) async throws -> Answer {
        let endpoint = endpoint
        return try await within(configuration.timing.answer, orThrow: silence(operation)) {
            let body = try await self.open(path, question, operation)
            let bytes = try await self.reading(operation) {
                try await body.collect(upTo: Self.maximumAnswer)
            }
            do {
                return try JSONDecoder().decode(type, from: Data(bytes.readableBytesView))
            } catch {
                throw EtcdError(
                    endpoint: endpoint, operation, "the answer is not understood: \(error)")
            }
        }
    }

    /// Asks, and answers what is streamed back. A server that does not know the token gets a new one.
    ///
    /// - Parameter questions: JSON objects, one behind the other.
    func open(
        _ path: String, _ questions: [UInt8], _ operation: String
    ) async throws -> HTTPClientResponse.Body {
        if token == nil, configuration.username != nil { try await authenticate() }
        do {
            return try await send(path, questions, operation)
        } catch let error as EtcdError where error.kind == .token && configuration.username != nil {
            try await authenticate()
            return try await send(path, questions, operation)
        }
    }

    /// Asks for a token.
    private func authenticate() async throws {
        token = nil
        let operation = "logging in as \(configuration.username ?? "")"
        let question = EtcdAuthentication(
            name: configuration.username ?? "", password: try configuration.currentPassword())
        do {
            let body = try await send("/v3/auth/authenticate", Self.encoded([question]), operation)
            let bytes = try await reading(operation) { try await body.collect(upTo: 1 << 16) }
            let answer = try? JSONDecoder().decode(
                EtcdAuthentication.Answer.self, from: Data(bytes.readableBytesView))
            guard let token = answer?.token else {
                throw EtcdError(endpoint: endpoint, operation, "the answer has no token")
            }
            self.token = token
        } catch let error as EtcdError where error.cause.contains("authentication is not enabled") {
            // Whoever is asked knows no users; the question itself is answered all the same.
            return
        }
    }

    private func send(
        _ path: String, _ questions: [UInt8], _ operation: String
    ) async throws -> HTTPClientResponse.Body {
        let endpoint = endpoint
        var request = HTTPClientRequest(url: endpoint + path)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        // A member that has lost the others ends watches, and does not let them wait.
        request.headers.add(name: "Grpc-Metadata-hasleader", value: "true")
        if let token { request.headers.add(name: "Authorization", value: token) }
        request.body = .bytes(questions)
        if endpoint.hasPrefix("https") { request.tlsConfiguration = credentials.tls }
        let response = try await reading(operation) { [http, request] in
            try await http.execute(request, deadline: .distantFuture)
        }
        guard response.status != .ok else { return response.body }
        let text = try await reading(operation) { try await response.body.collect(upTo: 1 << 16) }
        let answer = try? JSONDecoder().decode(
            EtcdErrorAnswer.self, from: Data(text.readableBytesView))
        throw EtcdError(
            endpoint: endpoint, operation,
            message: answer?.text
                ?? String(decoding: text.readableBytesView.prefix(200), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines),
            code: answer?.code, status: Int(response.status.code))
    }

    /// Does something with a connection, and says of what fails whom and what it concerned.
    private func reading<Value: Sendable>(
        _ operation: String, _ work: @Sendable () async throws -> Value
    ) async throws -> Value {
        let endpoint = endpoint
        do {
            return try await work()
        } catch let error as EtcdError {
            throw error
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw ConnectionProblem.error(error, endpoint: endpoint, operation)
        }
    }

    /// That the server has not answered in time.
    func silence(_ operation: String) -> EtcdError {
        EtcdError(
            endpoint: endpoint, operation,
            "no answer within \(configuration.timing.answer.components.seconds) s")
    }

    /// Questions as they are sent.
    static func encoded(_ questions: [some Encodable]) throws -> [UInt8] {
        try questions.flatMap { try JSONEncoder().encode($0) + [UInt8(ascii: "\n")] }
    }
}
