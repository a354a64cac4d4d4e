// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import PolicyTestKit
import Testing

/// What goes wrong at the server that stands in for a cluster, when it is told to.
@Suite("The test server's faults")
struct APIServerFaultTests {
    @Test("answers that are asked for, for as many requests as asked")
    func answers() async throws {
        let server = try await APIServerListTests.server(pods: 1)
        server.faults.inject(.answer(429, retryAfter: 3), times: 2, on: .lists)
        for _ in 0..<2 {
            let client = try RawClient(server, "/api/v1/pods")
            #expect(client.reads(until: \.isComplete) && client.code == 429)
            #expect(client.received.contains("Retry-After: 3\r\n"))
        }
        #expect(try server.ask("/api/v1/pods").code == 200)
        #expect(server.faults.count == 2 && server.requests.count("list", "pods") == 3)
        await server.stop()
    }

    @Test("answers that end too early, in HTTP or in JSON")
    func early() async throws {
        let server = try await APIServerListTests.server(pods: 200)
        server.faults.inject(.cut(after: 50_000))
        let cut = try RawClient(server, "/api/v1/pods")
        #expect(cut.reads(until: \.isClosed) && !cut.isComplete)
        #expect(cut.body.utf8.count > 49_000)
        server.faults.inject(.truncate(to: 100))
        let truncated = try RawClient(server, "/api/v1/pods")
        #expect(truncated.reads(until: \.isComplete) && truncated.body.utf8.count == 100)
        server.faults.inject(.drop)
        let dropped = try RawClient(server, "/api/v1/pods")
        #expect(dropped.reads(until: \.isClosed) && dropped.received.isEmpty)
        server.faults.inject(.hang)
        let hanging = try RawClient(server, "/api/v1/pods")
        #expect(!hanging.reads(within: .milliseconds(100)) { !$0.received.isEmpty })
        #expect(!hanging.isClosed)
        server.faults.inject(.slow(piece: 40_000, milliseconds: 30))
        let began = ContinuousClock.now
        let slow = try RawClient(server, "/api/v1/pods")
        #expect(slow.reads(until: \.isComplete) && ContinuousClock.now - began > .milliseconds(60))
        server.faults.inject(.item(#"{"metadata":7}"#))
        let items = try server.ask("/api/v1/pods").answer["items"]?.elements
        #expect(items?.count == 201 && items?.contains { $0["metadata"] == 7 } == true)
        await server.stop()
    }

    @Test("the server goes away, and comes back on its port with what it had")
    func absence() async throws {
        let server = try await APIServerListTests.server(pods: 2)
        let watch = try RawClient(server, "/api/v1/pods?watch=1")
        #expect(try await server.awaitWatches(1))
        try await server.pause()
        #expect(watch.reads(until: \.isClosed))
        #expect(throws: LabError.self) { try server.ask("/api/v1/pods") }
        try await server.resume()
        #expect(try server.ask("/api/v1/pods").answer["items"]?.elements.count == 2)
        await server.stop()
    }

    @Test("who is unknown, and what is forbidden, in the real server's words")
    func access() async throws {
        let server = try await APIServerListTests.server(pods: 1)
        server.access.accept(token: "secret", user: "system:serviceaccount:kube-system:sluice")
        let headers = ["Authorization: Bearer secret"]
        #expect(try server.ask("/api/v1/pods").code == 401)
        #expect(try server.ask("/api/v1/pods", headers: headers).code == 200)
        server.access.refuse("list", "networkpolicies.networking.k8s.io")
        let (code, status) = try server.ask(
            "/apis/networking.k8s.io/v1/networkpolicies", headers: headers)
        #expect(code == 403)
        #expect(
            status["message"] == """
                networkpolicies.networking.k8s.io is forbidden: User \
                "system:serviceaccount:kube-system:sluice" cannot list resource \
                "networkpolicies" in API group "networking.k8s.io" at the cluster scope
                """)
        server.access.revoke(token: "secret")
        #expect(try server.ask("/api/v1/pods", headers: headers).code == 401)
        await server.stop()
    }

    @Test("objects are written as well, with conflicts and namespaces that there are not")
    func writing() async throws {
        let server = try await APIServer.start()
        let pods = "/api/v1/namespaces/shop/pods"
        let pod = APIServerListTests.pod("web")
        #expect(try server.ask(pods, method: "POST", body: pod).code == 404)
        let namespace = #"{"kind":"Namespace","metadata":{"name":"shop"}}"#
        #expect(try server.ask("/api/v1/namespaces", method: "POST", body: namespace).code == 201)
        let (code, made) = try server.ask(pods, method: "POST", body: pod)
        #expect(code == 201 && made["metadata"]?["uid"] != nil)
        #expect(try server.ask(pods, method: "POST", body: pod).code == 409)
        let patch = #"{"metadata":{"labels":{"app":null,"tier":"front"}}}"#
        let (_, patched) = try server.ask(
            "\(pods)/web", method: "PATCH",
            headers: ["Content-Type: application/merge-patch+json"], body: patch)
        #expect(patched["metadata"]?["labels"] == .members(("tier", "front")))
        #expect(patched["metadata"]?["uid"] == made["metadata"]?["uid"])
        // Made from an older revision.
        #expect(try server.ask("\(pods)/web", method: "PUT", body: made.json).code == 409)
        let revision = server.revision
        #expect(
            try server.ask("\(pods)/web", method: "PUT", body: patched.json).code == 200
                && server.revision == revision)
        #expect(try server.ask("\(pods)/web", method: "DELETE").code == 200)
        #expect(try server.ask("\(pods)/web").code == 404)
        await server.stop()
    }
}
