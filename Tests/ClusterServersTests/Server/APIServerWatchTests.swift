// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import Testing

/// The watches of the server that stands in for a cluster.
@Suite("The test server's watches")
struct APIServerWatchTests {
    private static func watch(_ server: APIServer, _ query: String) throws -> RawClient {
        try RawClient(server, "/api/v1/pods?watch=1&\(query)")
    }

    @Test("what has happened since a revision comes first, then what happens")
    func events() async throws {
        let server = try await APIServerListTests.server(pods: 1)
        let start = server.revision
        try server.put(APIServerListTests.pod("later"))
        let client = try Self.watch(server, "resourceVersion=\(start)")
        #expect(client.reads { $0.body.contains(#"{"type":"ADDED","object":{"kind":"Pod","#) })
        #expect(!client.body.contains("pod-0"))
        try server.put(APIServerListTests.pod("later", label: "b"))
        #expect(client.reads { $0.body.contains(#"{"type":"MODIFIED""#) })
        server.delete("pods", namespace: "shop", name: "later")
        let end = server.revision
        #expect(
            client.reads {
                $0.body.contains(#"{"type":"DELETED""#)
                    && $0.body.contains(#""resourceVersion":"\#(end)""#)
            })
        #expect(server.watchCount("pods") == 1)
        server.disturb(.end)
        #expect(client.reads(until: \.isComplete) && !client.isClosed)
        await server.stop()
    }

    @Test("an object that is selected no longer is deleted for a watch")
    func selection() async throws {
        let server = try await APIServerListTests.server(pods: 0)
        let client = try Self.watch(
            server, "labelSelector=app%3Da&resourceVersion=\(server.revision)")
        #expect(try await server.awaitWatches(1))
        for label in ["b", "a", "b"] { try server.put(APIServerListTests.pod("x", label: label)) }
        #expect(client.reads { $0.body.contains(#"{"type":"DELETED""#) })
        #expect(!client.body.contains("MODIFIED"))
        await server.stop()
    }

    @Test("history has an end, and both ways to say so", arguments: [true, false])
    func tooOld(refuses: Bool) async throws {
        let server = try await APIServerListTests.server(pods: 0)
        server.behave {
            $0.historyLength = 4
            $0.refusesOldWatches = refuses
        }
        let start = server.revision
        for number in 0..<20 { try server.put(APIServerListTests.pod("pod-\(number)")) }
        let client = try Self.watch(server, "resourceVersion=\(start)")
        #expect(client.reads(until: \.isComplete))
        #expect(client.code == (refuses ? 410 : 200))
        #expect(client.body.contains(#"{"type":"ERROR""#) != refuses)
        #expect(client.body.contains("too old resource version: \(start) ("))
        await server.stop()
    }

    @Test("streaming lists end with a bookmark, others follow in time; watches end in time")
    func bookmarks() async throws {
        let server = try await APIServerListTests.server(pods: 3)
        server.behave { $0.bookmarkInterval = 20 }
        let streaming =
            "allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
        let client = try Self.watch(server, "\(streaming)&timeoutSeconds=1")
        let annotation = #""annotations":{"k8s.io/initial-events-end":"true"}"#
        #expect(client.reads(until: \.isComplete))
        let parts = client.body.split(separator: annotation)
        #expect(parts.count == 2)
        #expect(parts[0].split(separator: "ADDED").count == 4)
        #expect(parts.last?.contains("BOOKMARK") == true)
        for (mode, code) in [
            (APIBehaviour.StreamingLists.gated, 422), (.refused, 400), (.progressDisabled, 500),
        ] {
            server.behave { $0.streamingLists = mode }
            let client = try Self.watch(server, streaming)
            #expect(client.reads(until: \.isComplete) && client.code == code)
        }
        server.behave { $0.streamingLists = .unknown }
        let plain = try Self.watch(server, streaming)
        #expect(plain.reads { $0.body.split(separator: "ADDED").count == 4 })
        #expect(!plain.body.contains(annotation))
        await server.stop()
    }

    @Test("a watch is cut within an event, freezes, and hears the past again")
    func disturbances() async throws {
        let server = try await APIServerListTests.server(pods: 2)
        let query = "resourceVersion=\(server.revision)"
        let cut = try Self.watch(server, query)
        #expect(try await server.awaitWatches(1))
        server.disturb(.replay(2))
        #expect(cut.reads { $0.body.split(separator: "ADDED").count == 3 })
        server.disturb(.cut)
        #expect(cut.reads(until: \.isClosed) && !cut.isComplete)
        #expect(cut.body.hasSuffix("\r\n") == false)
        let frozen = try Self.watch(server, query)
        #expect(try await server.awaitWatches(1))
        server.disturb(.freeze)
        try server.put(APIServerListTests.pod("unheard"))
        #expect(!frozen.reads(within: .milliseconds(100)) { !$0.body.isEmpty })
        #expect(!frozen.isClosed)
        let expired = try Self.watch(server, query)
        #expect(try await server.awaitWatches(1))
        server.disturb(.expire)
        #expect(expired.reads(until: \.isComplete))
        #expect(expired.body.contains(#""code":410"#))
        await server.stop()
    }
}
