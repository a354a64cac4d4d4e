// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AsyncHTTPClient
import ClusterTestKit
import Foundation

@testable import ClusterServers

/// Asks a Kubernetes API one thing at a time, and knows nothing of following. Only where
/// the server is and who asks is taken from where a source takes it.
final class PlainClient: Sendable {
    /// What came of a request.
    struct Answer {
        var code: Int
        var text: String

        var isSuccess: Bool { (200..<300).contains(code) }
        var tree: JSONTree? { try? JSONTree(parsing: text) }
    }

    /// A request that was refused.
    struct Refusal: Error, CustomStringConvertible {
        var request: String
        var answer: Answer
        var description: String { "\(request): \(answer.code) \(answer.text.prefix(500))" }
    }

    private static let attempts = 10

    private let configuration: KubernetesConfiguration
    private let credentials: Credentials
    private let http: HTTPClient

    init(_ configuration: KubernetesConfiguration) {
        self.configuration = configuration
        credentials = Credentials(configuration)
        http = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: KubernetesClient.settings(configuration))
    }

    /// Closes all connections.
    func close() async { try? await http.shutdown() }

    /// Makes a request, again and again as long as the server asks for patience.
    func ask(
        _ method: String, _ path: String, _ body: String? = nil,
        type: String = "application/json"
    ) async throws -> Answer {
        var answer = Answer(code: 0, text: "")
        for attempt in 0..<Self.attempts {
            answer = try await send(method, path, body, type)
            guard answer.code == 429 || answer.code >= 500 else { return answer }
            try await Task.sleep(for: .milliseconds(100 << attempt))
        }
        return answer
    }

    /// Makes a request that has to succeed.
    ///
    /// - Throws: ``Refusal``.
    @discardableResult
    func demand(
        _ method: String, _ path: String, _ body: String? = nil,
        type: String = "application/json"
    ) async throws -> Answer {
        let answer = try await ask(method, path, body, type: type)
        guard answer.isSuccess else {
            throw Refusal(request: "\(method) \(path)", answer: answer)
        }
        return answer
    }

    private func send(
        _ method: String, _ path: String, _ body: String?, _ type: String
    ) async throws -> Answer {
        let proof = try await credentials.current()
        var request = HTTPClientRequest(
            url: KubernetesClient.address(of: configuration) + path)
        request.method = .init(rawValue: method)
        request.tlsConfiguration = proof.tls
        for header in proof.headers { request.headers.add(name: header.name, value: header.value) }
        request.headers.add(name: "Accept", value: "application/json")
        if let body {
            request.headers.add(name: "Content-Type", value: type)
            request.body = .bytes(Array(body.utf8))
        }
        let response = try await http.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Answer(
            code: Int(response.status.code),
            text: String(decoding: bytes.readableBytesView, as: UTF8.self))
    }
}
