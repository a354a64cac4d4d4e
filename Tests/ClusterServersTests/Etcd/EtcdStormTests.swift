// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import PolicyModel
import PolicyTestKit
import Testing

@testable import ClusterServers

@Suite(
    .enabled(if: EtcdServer.isInstalled, "\(EtcdServer.missing)"), .serialized,
    .timeLimit(.minutes(4)))
struct EtcdStormTests {
    @Test(
        "S95: after changes, compactions, silent connections, freezes and restarts what is followed is what there is",
        arguments: [UInt64(1), 2, 3])
    func storm(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let server = try EtcdServer()
        try await server.start()
        let relay = try await LoopbackRelay(to: server.port)
        let writer = try EtcdWriter(.usual(server.endpoint))
        try await writer.putSet("keeper")
        var configuration = EtcdConfiguration.quick("http://127.0.0.1:\(relay.port)")
        configuration.timing.answer = .seconds(1)
        configuration.timing.audit = .milliseconds(500)
        configuration.timing.grace = .milliseconds(100)
        configuration.timing.pageSize = 7
        let followed = try FollowedEtcd(configuration)
        #expect(await followed.until { $0.last.isComplete })
        for _ in 0..<60 {
            for _ in 0..<random.number(in: 1...8) {
                let name = "set-\(random.number(in: 0...40))"
                switch random.number(in: 0...9) {
                case 0: try await writer.putText(name, random.pick(["", "{", "[]", "null"]))
                case 1...3: try await writer.deleteSet(name)
                default: try await writer.putSet(name, "10.0.\(random.number(in: 0...255)).0/24")
                }
            }
            switch random.number(in: 0...11) {
            case 0, 1: try await writer.compact()
            case 2, 3: relay.silenceOldest()
            case 4:
                relay.pause()
                try await Task.sleep(for: .milliseconds(random.number(in: 0...300)))
                relay.resume()
            case 5:
                server.pause()
                try await Task.sleep(for: .milliseconds(random.number(in: 0...300)))
                server.resume()
            case 6 where random.chance(40):
                try await server.stop()
                try await server.start()
            default: try await Task.sleep(for: .milliseconds(random.number(in: 0...50)))
            }
        }
        // What nobody understands keeps what it was, which a reading from scratch does not know.
        for name in (0...40).map({ "set-\($0)" }) {
            if random.chance(50) {
                try await writer.putSet(name, "192.0.2.0/24")
            } else {
                try await writer.deleteSet(name)
            }
        }
        let snapshot = try await EtcdSource.read(.usual(server.endpoint))
        let isSame = await followed.until {
            $0.state.changes(to: snapshot.state).isEmpty && $0.problems.isEmpty
        }
        #expect(isSame, "seed \(seed): \(followed.state.changes(to: snapshot.state))")
        let hasLostKeeper = followed.all.flatMap(\.changes).contains {
            if case .networkSet(let id, nil) = $0 { id.name == "keeper" } else { false }
        }
        #expect(!hasLostKeeper, "seed \(seed)")
        #expect(followed.all.allSatisfy { $0.isComplete })
        try await relay.close()
    }
}
