// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetworkPrimitives
import NodeAgent
import Synchronization
import Testing

@Suite struct AgentClientTests {
    /// Serves a status on a port of the kernel's choice while the body runs.
    private func serve(
        _ address: String, answeringAfter delay: Duration = .zero,
        _ body: @Sendable (ListenAddress) async throws -> Void
    ) async throws {
        let address = try #require(ListenAddress(address))
        let server = HealthServer(
            address: address, registry: MetricsRegistry(), isAlive: { true },
            status: {
                try? await Task.sleep(for: delay)
                return AgentStatus(node: "node-a", started: Date(timeIntervalSince1970: 7))
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await body(try await server.listeningAddress())
            group.cancelAll()
        }
    }

    @Test("a status comes over both families", arguments: ["127.0.0.1:0", "[::1]:0"])
    func status(address: String) async throws {
        try await serve(address) { address in
            let status = try await AgentClient(address: address).status()
            #expect(status == AgentStatus(node: "node-a", started: Date(timeIntervalSince1970: 7)))
        }
    }

    @Test("where nobody listens, the error says so and what to do")
    func refused() async throws {
        let free = Mutex<ListenAddress?>(nil)
        try await serve("127.0.0.1:0") { address in free.withLock { $0 = address } }
        let address = try #require(free.withLock { $0 })
        await #expect {
            try await AgentClient(address: address).status()
        } throws: {
            "\($0)" == """
                no agent answers at \(address): the connection was refused, or ended without an \
                answer; start one with sluice agent, or give with --address where it listens (its \
                --listen)
                """
        }
    }

    @Test("an agent that hangs is not waited for longer than is said")
    func hanging() async throws {
        try await serve("127.0.0.1:0", answeringAfter: .seconds(3)) { address in
            let client = AgentClient(address: address, timeout: .milliseconds(50))
            await #expect {
                try await client.status()
            } throws: {
                "\($0)".contains(": no answer within 50ms; ")
            }
        }
    }
}
