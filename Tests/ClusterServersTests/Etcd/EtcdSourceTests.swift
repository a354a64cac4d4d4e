// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import PolicyModel
import Testing

@testable import ClusterServers

@Suite(
    .enabled(if: EtcdServer.isInstalled, "\(EtcdServer.missing)"), .serialized,
    .timeLimit(.minutes(2)))
struct EtcdSourceTests {
    @Test("S95: what is there is one update; changes, deletions and strangers follow")
    func following() async throws {
        let server = try EtcdServer()
        try await server.start()
        let configuration = EtcdConfiguration.usual(server.endpoint)
        let writer = try EtcdWriter(configuration)
        try await writer.put(
            ["a", "b", "c"].map { EtcdWriter.set($0) } + [
                CalicoKeys.Pair(key: "/calico/ipam/v2/config", value: "{}"),
                CalicoKeys.Pair(
                    key: CalicoKeys.key("bgppeers", nil, "peer"), value: "not of our concern"),
                CalicoKeys.Pair(
                    key: CalicoKeys.key("globalnetworksets", "too", "long"), value: "stranger"),
            ])
        let followed = try FollowedEtcd(configuration)
        #expect(await followed.until { $0.last.isComplete })
        #expect(followed.all.count == 1)
        #expect(followed.sets == ["a", "b", "c"])
        #expect(followed.problems == [])
        #expect(followed.last.objectCount["GlobalNetworkSet"] == 3)

        try await writer.putSet("d")
        #expect(await followed.until { $0.sets == ["a", "b", "c", "d"] })
        try await writer.deleteSet("b")
        #expect(await followed.until { $0.sets == ["a", "c", "d"] })
        try await writer.putSet("a", "192.0.2.0/24")
        #expect(
            await followed.until {
                $0.networkSets["a"]?.blocks.map(\.description)
                    == ["192.0.2.0/24"]
            })
        #expect(followed.all.allSatisfy { $0.isComplete && $0.problems.isEmpty })
        followed.source.stop()
        #expect(await !followed.until { _ in false }, "the updates end when it is stopped")
    }

    @Test("One revision with many objects is one update")
    func oneRevision() async throws {
        let server = try EtcdServer()
        try await server.start()
        let configuration = EtcdConfiguration.usual(server.endpoint)
        let writer = try EtcdWriter(configuration)
        let followed = try FollowedEtcd(configuration)
        #expect(await followed.until { $0.last.isComplete })
        try await writer.put((0..<100).map { EtcdWriter.set("set-\($0)") })
        #expect(await followed.until { !$0.sets.isEmpty })
        #expect(followed.sets.count == 100)
        #expect(followed.all.count == 2)
    }

    @Test("S95: a value that nobody understands keeps what it was, and the others go on")
    func malformed() async throws {
        let server = try EtcdServer()
        try await server.start()
        let configuration = EtcdConfiguration.usual(server.endpoint)
        let writer = try EtcdWriter(configuration)
        try await writer.putSet("good")
        try await writer.putSet("turns")
        try await writer.putText("never", "{\"kind\":")
        let followed = try FollowedEtcd(configuration)
        #expect(await followed.until { $0.last.isComplete })
        #expect(followed.sets == ["good", "turns"])
        #expect(followed.problems.count == 1)
        #expect(followed.problems.allSatisfy { $0.hasPrefix("globalnetworksets/never:") })

        for text in [
            "", "no JSON", "[1]", "{}", "\u{0}\u{1}", #"{"spec":{"nets":["10.0.0.0/99"]}}"#,
            #"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"turns","namespace":"shop"}}"#,
            #"{"kind":"IPPool","apiVersion":"projectcalico.org/v3","metadata":{"name":"turns"}}"#,
        ] {
            try await writer.putText("turns", text)
            #expect(await followed.until { $0.problems.count == 2 }, "\(text)")
            #expect(
                followed.problems.contains { $0.hasPrefix("globalnetworksets/turns:") }, "\(text)")
            #expect(followed.sets == ["good", "turns"], "\(text)")
            try await writer.putSet("turns")
            #expect(await followed.until { $0.problems.count == 1 }, "\(text)")
        }
        try await writer.putSet("after")
        try await writer.deleteSet("never")
        #expect(
            await followed.until { $0.sets == ["after", "good", "turns"] && $0.problems == [] })
    }

    @Test("Ten thousand objects come in pages, and one change of one of them alone")
    func tenThousand() async throws {
        let server = try EtcdServer()
        try await server.start()
        let configuration = EtcdConfiguration.usual(server.endpoint)
        let writer = try EtcdWriter(configuration)
        try await writer.put(
            (0..<10_000).map { EtcdWriter.set("set-\($0)", "10.\($0 / 250).\($0 % 250).0/24") })
        let began = ContinuousClock.now
        let followed = try FollowedEtcd(configuration)
        #expect(await followed.until { $0.last.isComplete })
        let first = ContinuousClock.now - began
        #expect(followed.all.count == 1)
        #expect(followed.sets.count == 10_000)
        #expect(Set(followed.networkSets.values.flatMap(\.blocks)).count == 10_000)
        var waits: [Duration] = []
        for index in 0..<50 {
            let sent = ContinuousClock.now
            try await writer.putSet("set-\(index)", "192.0.2.\(index)/32")
            #expect(await followed.until { $0.all.count == index + 2 })
            waits.append(ContinuousClock.now - sent)
        }
        #expect(followed.all.dropFirst().allSatisfy { $0.changes.count == 1 })
        waits.sort()
        print(
            "10,000 objects of etcd: \(first); write to update: p50 \(waits[25]), max \(waits[49])")
    }

    @Test("Values that are large together are still read")
    func large() async throws {
        let server = try EtcdServer()
        try await server.start()
        let configuration = EtcdConfiguration.usual(server.endpoint)
        let writer = try EtcdWriter(configuration)
        let note = String(repeating: "x", count: 400_000)
        for index in 0..<60 {
            try await writer.putText(
                "set-\(index)",
                #"{"kind":"GlobalNetworkSet","apiVersion":"projectcalico.org/v3","metadata":{"name":"set-\#(index)","annotations":{"note":"\#(note)"}},"spec":{"nets":["10.0.0.0/8"]}}"#
            )
        }
        let followed = try FollowedEtcd(configuration)
        #expect(await followed.until { $0.last.isComplete })
        #expect(followed.sets.count == 60)
        #expect(followed.problems == [])
    }

    @Test("What is read once is what is followed; a member that is away is passed over")
    func readingOnce() async throws {
        let server = try EtcdServer()
        try await server.start()
        let away = "http://127.0.0.1:\(LoopbackPort.free(1)[0])"
        let writer = try EtcdWriter(.usual(server.endpoint))
        try await writer.putSet("a")
        try await writer.putText("bad", "{}")
        for _ in 0..<4 {
            let snapshot = try await EtcdSource.read(.usual(away, server.endpoint))
            #expect(snapshot.state.networkSets.map(\.id.name) == ["a"])
            #expect(snapshot.problems.count == 1)
        }
        let error = await #expect(throws: EtcdError.self) {
            try await EtcdSource.read(.usual(away))
        }
        #expect(
            error?.description
                == "etcd \(away): reading tiers: connection refused; see that etcd listens there")
    }
}
