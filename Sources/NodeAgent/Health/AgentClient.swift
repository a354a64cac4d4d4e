// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import FlyingFox
import FlyingSocks
import Foundation

/// Asks a running agent.
///
/// URLSession of Foundation for Linux would do for IPv4, but refuses addresses in brackets (error
/// −1000), and goes through the proxies that the environment names.
public struct AgentClient: Sendable {
    /// Where the agent listens.
    public var address: ListenAddress
    /// How long an answer may take.
    public var timeout: Duration

    /// A client for the agent at this address.
    public init(address: ListenAddress, timeout: Duration = .seconds(5)) {
        self.address = address
        self.timeout = timeout
    }

    /// What the agent says of itself.
    ///
    /// - Throws: ``AgentClientError``.
    public func status() async throws -> AgentStatus {
        let answer = try await get("/status")
        guard answer.code == 200, let status = try? AgentStatus(json: answer.body) else {
            throw AgentClientError(
                reason: "what answers is no agent of this version (\(SluiceVersion.current))",
                address: address)
        }
        return status
    }

    private func get(_ path: String) async throws -> (code: Int, body: Data) {
        let request = HTTPRequest(
            method: .GET, version: .http11, path: path, query: [],
            headers: [.host: "\(address)", .connection: "close"], body: Data())
        return try await withThrowingTaskGroup(of: (code: Int, body: Data).self) { group in
            group.addTask {
                do {
                    var client = HTTPClient()
                    let response = try await client.sendHTTPRequest(
                        request, to: address.socketAddress)
                    return (response.statusCode.code, try await response.bodyData)
                } catch {
                    throw AgentClientError(reason: Self.reason(error), address: address)
                }
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                let time = DurationText.text(timeout)
                throw AgentClientError(reason: "no answer within \(time)", address: address)
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case SocketError.failed(_, _, let message): message
        // The event queue does not tell which of them it was.
        case SocketError.disconnected: "the connection was refused, or ended without an answer"
        default: LineText.printable(error.localizedDescription)
        }
    }
}

/// No agent has answered.
public struct AgentClientError: Error, Hashable, Sendable {
    /// Why, in words.
    public var reason: String
    /// Where it was looked for.
    public var address: ListenAddress
}

extension AgentClientError: CustomStringConvertible {
    /// One line with a remedy.
    public var description: String {
        """
        no agent answers at \(address): \(reason); start one with sluice agent, or give with \
        --address where it listens (its --listen)
        """
    }
}
