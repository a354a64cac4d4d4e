// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import Testing

/// The lists of the server that stands in for a cluster.
@Suite("The test server's lists")
struct APIServerListTests {
    private static let pods = "/api/v1/pods"

    /// A server with so many pods in two namespaces.
    static func server(pods count: Int = 7) async throws -> APIServer {
        let server = try await APIServer.start()
        for number in 0..<count { try server.put(pod("pod-\(number)", label: "\(number % 2)")) }
        return server
    }

    static func pod(_ name: String, label: String = "a", namespace: String = "shop") -> String {
        #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"\#(name)","#
            + #""namespace":"\#(namespace)","labels":{"app":"\#(label)"}},"#
            + #""spec":{"nodeName":"node-\#(label)"},"status":{"phase":"Running"}}"#
    }

    private static func names(_ list: JSONTree) -> [String] {
        (list["items"]?.elements ?? []).compactMap { $0["metadata"]?["name"]?.string }
    }

    @Test("pages show one revision, whatever happens meanwhile")
    func pages() async throws {
        let server = try await Self.server()
        let (_, first) = try server.ask("\(Self.pods)?limit=3")
        #expect(Self.names(first) == ["pod-0", "pod-1", "pod-2"])
        #expect(first["metadata"]?["remainingItemCount"] == 4)
        let token = try #require(first["metadata"]?["continue"]?.string)
        server.delete("pods", namespace: "shop", name: "pod-4")
        try server.put(Self.pod("pod-35"))
        try server.put(Self.pod("pod-5", label: "changed"))
        let (_, second) = try server.ask("\(Self.pods)?limit=3&continue=\(token)")
        #expect(Self.names(second) == ["pod-3", "pod-4", "pod-5"])
        #expect(second["items"]?.elements.last?["metadata"]?["labels"]?["app"] == "1")
        #expect(second["metadata"]?["resourceVersion"] == first["metadata"]?["resourceVersion"])
        #expect(second["metadata"]?["remainingItemCount"] == 1)
        let next = try #require(second["metadata"]?["continue"]?.string)
        let (_, third) = try server.ask("\(Self.pods)?limit=3&continue=\(next)")
        #expect(Self.names(third) == ["pod-6"])
        #expect(third["metadata"]?["continue"] == nil)
        await server.stop()
    }

    @Test("a page of a forgotten revision is refused, with a token for the rest")
    func expired() async throws {
        let server = try await Self.server()
        let (_, first) = try server.ask("\(Self.pods)?limit=5")
        let token = try #require(first["metadata"]?["continue"]?.string)
        server.delete("pods", namespace: "shop", name: "pod-5")
        server.compact()
        let (code, status) = try server.ask("\(Self.pods)?limit=5&continue=\(token)")
        #expect(code == 410 && status["reason"] == "Expired")
        let fresh = try #require(status["metadata"]?["continue"]?.string)
        let (_, rest) = try server.ask("\(Self.pods)?limit=5&continue=\(fresh)")
        #expect(Self.names(rest) == ["pod-6"])
        await server.stop()
    }

    @Test("revisions: any, one that was, and one that is yet to come")
    func revisions() async throws {
        let server = try await Self.server(pods: 2)
        let before = server.revision
        server.delete("pods", namespace: "shop", name: "pod-0")
        let exact = "\(Self.pods)?resourceVersion=\(before)&resourceVersionMatch=Exact"
        #expect(Self.names(try server.ask(exact).answer) == ["pod-0", "pod-1"])
        #expect(
            Self.names(try server.ask("\(Self.pods)?resourceVersion=\(before)").answer)
                == ["pod-1"])
        // The watch cache knows no pages.
        #expect(
            Self.names(try server.ask("\(Self.pods)?resourceVersion=0&limit=1").answer)
                == ["pod-1"])
        #expect(try server.ask("\(Self.pods)?resourceVersion=99999").code == 504)
        #expect(try server.ask("\(Self.pods)?resourceVersionMatch=Exact").code == 422)
        await server.stop()
    }

    @Test("selectors of labels and fields")
    func selectors() async throws {
        let server = try await Self.server(pods: 4)
        for (query, names) in [
            ("labelSelector=app%3D1", ["pod-1", "pod-3"]),
            ("labelSelector=app+notin+(1,2)", ["pod-0", "pod-2"]),
            ("labelSelector=app,!other&fieldSelector=metadata.name%3Dpod-2", ["pod-2"]),
            ("fieldSelector=spec.nodeName%3Dnode-1", ["pod-1", "pod-3"]),
        ] {
            #expect(Self.names(try server.ask("\(Self.pods)?\(query)").answer) == names, "\(query)")
        }
        #expect(try server.ask("\(Self.pods)?fieldSelector=spec.x%3D1").code == 400)
        await server.stop()
    }

    @Test("items say what they are only where the real server says it")
    func types() async throws {
        let server = try await Self.server(pods: 1)
        try server.put(
            #"{"apiVersion":"crd.projectcalico.org/v1","kind":"Tier","metadata":{"name":"a"}}"#)
        let pod = try #require(try server.ask(Self.pods).answer["items"]?.elements.first)
        #expect(pod["kind"] == nil && pod["apiVersion"] == nil)
        let tiers = try server.ask("/apis/crd.projectcalico.org/v1/tiers").answer
        #expect(tiers["items"]?.elements.first?["kind"] == "Tier")
        #expect(tiers["kind"] == "TierList")
        await server.stop()
    }

    @Test("a custom resource comes and goes with its definition")
    func definitions() async throws {
        let server = try await APIServer.start(resources: [])
        let path = "/apis/crd.projectcalico.org/v1/bgppeers"
        #expect(try server.ask(path).code == 404)
        let peers = try #require([APIResource].calico.first { $0.plural == "bgppeers" })
        server.install(peers)
        #expect(try server.ask(path).code == 200)
        let groups = try server.ask("/apis").answer["groups"]?.elements.map { $0["name"] }
        #expect(groups?.contains("crd.projectcalico.org") == true)
        server.remove(peers)
        #expect(try server.ask(path) == (404, "404 page not found\n"))
        await server.stop()
    }
}
