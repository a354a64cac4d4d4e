// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import Glibc
import PolicyModel
import Testing

@testable import ClusterServers

@Suite(
    .enabled(if: EtcdServer.isInstalled, "\(EtcdServer.missing)"), .serialized,
    .timeLimit(.minutes(2)))
struct EtcdOutageTests {
    private let server: EtcdServer
    private let writer: EtcdWriter
    private let followed: FollowedEtcd

    init() async throws {
        server = try EtcdServer()
        try await server.start()
        let configuration = EtcdConfiguration.quick(server.endpoint)
        writer = try EtcdWriter(.usual(server.endpoint))
        try await writer.putSet("a")
        try await writer.putSet("b")
        followed = try FollowedEtcd(configuration)
        #expect(await followed.until { $0.last.isComplete })
    }

    @Test("S95: a server that is away is a problem that says since when; all that was read stays")
    func away() async throws {
        try await server.stop()
        #expect(await followed.until { !$0.problems.isEmpty })
        let text = followed.problems[0]
        #expect(text.hasPrefix("etcd \(server.endpoint): "))
        #expect(text.contains("what was read last stays in force, without changes since 20"))
        #expect(followed.last.isComplete)
        #expect(followed.sets == ["a", "b"])
        try await server.start()
        try await writer.putSet("c")
        #expect(await followed.until { $0.sets == ["a", "b", "c"] && $0.problems.isEmpty })
        #expect(!followed.hasRemoved)
    }

    @Test("S95: what is written and compacted while the client is away comes as one update")
    func compactedWhileAway() async throws {
        let relay = try await LoopbackRelay(to: server.port)
        var configuration = EtcdConfiguration.quick("http://127.0.0.1:\(relay.port)")
        configuration.timing.answer = .seconds(1)
        let far = try FollowedEtcd(configuration)
        #expect(await far.until { $0.last.isComplete })
        #expect(far.sets == ["a", "b"])
        relay.pause()
        #expect(await far.until { !$0.problems.isEmpty })
        try await writer.deleteSet("a")
        for index in 0..<20 { try await writer.putSet("c", "10.0.\(index).0/24") }
        try await writer.compact()
        let before = far.all.count
        relay.resume()
        #expect(await far.until { $0.sets == ["b", "c"] && $0.problems.isEmpty })
        let since = far.all[before...].filter { !$0.changes.isEmpty }
        #expect(since.count == 1, "no moment of something else in between")
        #expect(since.flatMap(\.changes).count == 2)
        try await writer.putSet("d")
        #expect(await far.until { $0.sets == ["b", "c", "d"] })
        try await relay.close()
    }

    @Test("S95: a cluster that starts over from nothing is read anew", arguments: [0, 40])
    func replaced(writes: Int) async throws {
        try await server.stop()
        try server.clear()
        try await server.start()
        // With more writes than before the new cluster's revision is beyond the one that was read.
        for _ in 0..<writes { try await writer.putSet("new") }
        try await writer.putSet("other")
        #expect(
            await followed.until {
                $0.sets == (writes == 0 ? ["other"] : ["new", "other"]) && $0.problems.isEmpty
            })
        try await writer.putSet("last")
        #expect(await followed.until { $0.sets.contains("last") })
    }

    @Test("A server that freezes is noticed, and followed again when it goes on")
    func frozen() async throws {
        server.pause()
        #expect(await followed.until { !$0.problems.isEmpty })
        #expect(followed.problems.allSatisfy { $0.contains("no answer within 2 s") })
        #expect(followed.sets == ["a", "b"])
        server.resume()
        try await writer.putSet("c")
        #expect(await followed.until { $0.sets == ["a", "b", "c"] && $0.problems.isEmpty })
    }

    @Test("A watch that has fallen silent while the server answers is noticed by comparison")
    func silentWatch() async throws {
        let relay = try await LoopbackRelay(to: server.port)
        var configuration = EtcdConfiguration.quick("http://127.0.0.1:\(relay.port)")
        configuration.timing.audit = .milliseconds(500)
        configuration.timing.grace = .milliseconds(200)
        configuration.timing.answer = .seconds(10)
        let far = try FollowedEtcd(configuration)
        #expect(await far.until { $0.last.isComplete })
        // While nothing changes, comparing finds nothing.
        try await Task.sleep(for: .seconds(2))
        try await writer.putSet("c")
        #expect(await far.until { $0.sets == ["a", "b", "c"] })
        #expect(far.all.count == 2)
        relay.silenceOldest(CalicoResource.all.count)
        try await writer.deleteSet("a")
        #expect(await far.until { $0.sets == ["b", "c"] })
        relay.silenceOldest(CalicoResource.all.count)
        try await writer.putSet("d")
        #expect(await far.until { $0.sets == ["b", "c", "d"] })
        #expect(far.all.allSatisfy { $0.isComplete })
        try await relay.close()
    }

    @Test(
        "A server that restarts in the middle of changes loses none", arguments: [SIGTERM, SIGKILL])
    func restarts(signal: Int32) async throws {
        for round in 0..<3 {
            try await writer.putSet("before-\(round)")
            try await server.stop(signal)
            try await server.start()
            try await writer.putSet("after-\(round)")
            try await writer.deleteSet("before-\(round)")
        }
        #expect(
            await followed.until {
                $0.sets == ["a", "after-0", "after-1", "after-2", "b"] && $0.problems.isEmpty
            })
    }
}
