// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import FoundationNetworking
import NodeAgent
import ServiceLifecycle
import Synchronization
import Testing

@Suite struct HealthServerTests {
    /// What a test's agent says of itself.
    private final class Agent: Sendable {
        let status = Mutex(AgentStatus(node: "node-a", started: Date(timeIntervalSince1970: 0)))
        let isAlive = Mutex(true)
        let registry = MetricsRegistry()

        func server(_ address: ListenAddress) -> HealthServer {
            HealthServer(
                address: address, registry: registry, isAlive: { self.isAlive.withLock { $0 } },
                status: { self.status.withLock { $0 } })
        }
    }

    private struct Answer {
        var code: Int
        var text: String
        var response: HTTPURLResponse
    }

    private static let loopback = ListenAddress("127.0.0.1:0")!

    /// Serves on a port of the kernel's choice while the body runs.
    private func serve(
        _ agent: Agent, at address: ListenAddress = loopback,
        _ body: @Sendable (ListenAddress) async throws -> Void
    ) async throws {
        let server = agent.server(address)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            try await body(try await server.listeningAddress())
            group.cancelAll()
        }
    }

    private func ask(
        _ address: ListenAddress, _ path: String, method: String = "GET"
    ) async throws -> Answer {
        var request = URLRequest(url: try #require(URL(string: "http://\(address)\(path)")))
        request.httpMethod = method
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 10
        let (data, response) = try await URLSession(configuration: configuration)
            .data(for: request)
        let answer = try #require(response as? HTTPURLResponse)
        return Answer(
            code: answer.statusCode, text: String(decoding: data, as: UTF8.self), response: answer)
    }

    @Test("/healthz follows the agent's loop")
    func health() async throws {
        let agent = Agent()
        try await serve(agent) { address in
            let alive = try await ask(address, "/healthz")
            #expect(alive.code == 200)
            agent.isAlive.withLock { $0 = false }
            let dead = try await ask(address, "/healthz")
            #expect(dead.code == 503)
        }
    }

    @Test("/readyz gives the reasons, one on each line, until all is in force")
    func readiness() async throws {
        let agent = Agent()
        try await serve(agent) { address in
            agent.status.withLock {
                $0.failuresInARow = 3
                $0.problems = ["a.yaml:1: wrong\nready", "b"]
            }
            let early = try await ask(address, "/readyz")
            #expect(early.code == 503)
            #expect(
                early.text == """
                    not in sync: the source has not been read in whole yet
                    not in force: the kernel does not have what the input wants, 3 commits failed in a row
                    a.yaml:1: wrong\\nready
                    b

                    """)
            agent.status.withLock { $0.isInSync = true }
            #expect(try await ask(address, "/readyz").code == 503)
            agent.status.withLock { $0.isInForce = true }
            // Newer input with mistakes does not undo what is in force.
            let late = try await ask(address, "/readyz")
            #expect(late.code == 200)
            #expect(late.text == "ready\na.yaml:1: wrong\\nready\nb\n")
        }
    }

    @Test("S98: /readyz stays 200 while the source is cut off, and says so")
    func stale() async throws {
        let agent = Agent()
        agent.status.withLock {
            $0.isInSync = true
            $0.isInForce = true
            $0.contacts = [.init(kind: "pods", age: 312, isStale: true, problem: "refused\nready")]
        }
        try await serve(agent) { address in
            let answer = try await ask(address, "/readyz")
            #expect(answer.code == 200)
            #expect(answer.text == "ready; pods last heard of 5m12s ago: refused\\nready\n")
        }
    }

    @Test("/metrics is the registry's text")
    func metrics() async throws {
        let agent = Agent()
        agent.registry.counter("c_total", help: "C.").increment()
        try await serve(agent) { address in
            let answer = try await ask(address, "/metrics")
            #expect(answer.text == agent.registry.text())
            #expect(
                answer.response.value(forHTTPHeaderField: "Content-Type")
                    == "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    @Test("/status is JSON with ISO 8601 dates and members in order, and reads back")
    func status() async throws {
        let agent = Agent()
        agent.status.withLock {
            $0.lastSuccess = Date(timeIntervalSince1970: 1_000)
            $0.objects = ["pod": 2, "node": 1]
        }
        try await serve(agent) { address in
            let answer = try await ask(address, "/status")
            #expect(answer.text.contains(#""lastSuccess" : "1970-01-01T00:16:40Z""#))
            let keys = answer.text.split(separator: "\n").compactMap { line in
                line.hasPrefix("  \"") ? String(line.split(separator: "\"")[1]) : nil
            }
            #expect(keys == keys.sorted() && keys.contains("node"))
            let status = try AgentStatus(json: Data(answer.text.utf8))
            #expect(status == agent.status.withLock { $0 })
        }
    }

    @Test("/ lists the paths; other paths are 404, other methods 405")
    func others() async throws {
        try await serve(Agent()) { address in
            let index = try await ask(address, "/")
            #expect(index.code == 200)
            for path in ["/healthz", "/readyz", "/metrics", "/status"] {
                #expect(index.text.contains(path))
                let post = try await ask(address, path, method: "POST")
                #expect(post.code == 405)
                #expect(post.response.value(forHTTPHeaderField: "Allow") == "GET")
            }
            #expect(try await ask(address, "/status?x=y").code == 200)
            #expect(try await ask(address, "/status/x").code == 404)
            #expect(try await ask(address, "/statuses").code == 404)
            #expect(try await ask(address, "/nothing", method: "DELETE").code == 404)
        }
    }

    @Test("many requests at once are answered")
    func concurrency() async throws {
        try await serve(Agent()) { address in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await ask(address, "/healthz").code }
                }
                for try await code in group { #expect(code == 200) }
            }
        }
    }

    @Test("a port in use is an error that names address and remedy")
    func portInUse() async throws {
        try await serve(Agent()) { address in
            let second = Agent().server(address)
            await #expect {
                try await second.run()
            } throws: { error in
                "\(error)" == """
                    cannot listen at \(address): another process listens there already; stop it \
                    (ss -ltnp shows who it is), or choose another with --listen, or --listen off \
                    for none
                    """
            }
        }
    }

    @Test("an address that is not the host's is an error")
    func foreignAddress() async throws {
        let server = Agent().server(ListenAddress("192.0.2.1:0")!)
        await #expect {
            try await server.run()
        } throws: {
            "\($0)".hasPrefix("cannot listen at 192.0.2.1:0: this host has no such address; ")
        }
    }

    @Test("it stops when its service group shuts down, and the port is free again")
    func gracefulShutdown() async throws {
        let server = Agent().server(Self.loopback)
        let group = ServiceGroup(
            services: [server], logger: LineLogHandler.logger(format: .text, level: .critical))
        let running = Task { try await group.run() }
        let address = try await server.listeningAddress()
        #expect(try await ask(address, "/healthz").code == 200)
        await group.triggerGracefulShutdown()
        try await running.value
        try await serve(Agent(), at: address) { again in #expect(again == address) }
    }

    @Test("it stops though connections are open and idle")
    func openConnections() async throws {
        let server = Agent().server(Self.loopback)
        let running = Task { try await server.run() }
        let address = try await server.listeningAddress()
        let session = URLSession(configuration: .ephemeral)
        let url = try #require(URL(string: "http://\(address)/healthz"))
        _ = try await session.data(from: url)
        running.cancel()
        try await running.value
    }
}
