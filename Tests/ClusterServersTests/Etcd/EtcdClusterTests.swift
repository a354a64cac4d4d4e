// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterTestKit
import PolicyModel
import Testing

@testable import ClusterServers

@Suite(
    .enabled(if: EtcdServer.isInstalled, "\(EtcdServer.missing)"), .serialized,
    .timeLimit(.minutes(2)))
struct EtcdClusterTests {
    @Test("Of three members any one may go, the leader too; without a majority all stays")
    func members() async throws {
        let members = EtcdServer.Member.cluster(of: 3)
        let servers = try members.map {
            try EtcdServer(
                $0, of: members, options: ["--heartbeat-interval=50", "--election-timeout=500"])
        }
        for server in servers { try server.launch() }
        for server in servers { try await server.untilHealthy() }
        var configuration = EtcdConfiguration.quick()
        configuration.endpoints = servers.map(\.endpoint)
        let followed = try FollowedEtcd(configuration)
        #expect(await followed.until { $0.last.isComplete })

        // One after the other, so that leader and the member that is asked are among them.
        for (index, server) in servers.enumerated() {
            try await server.stop()
            let others = servers.filter { $0 !== server }
            for other in others { try await other.untilHealthy() }
            let writer = try EtcdWriter(.usual(others[0].endpoint))
            try await writer.putSet("without-\(index)")
            #expect(await followed.until { $0.sets.contains("without-\(index)") })
            try await server.start()
        }
        #expect(followed.sets.count == 3)
        #expect(!followed.hasRemoved)

        try await servers[0].stop()
        try await servers[1].stop()
        #expect(await followed.until { !$0.problems.isEmpty })
        #expect(followed.sets.count == 3)
        #expect(followed.last.isComplete)
        try servers[0].launch()
        try servers[1].launch()
        for server in servers { try await server.untilHealthy() }
        let writer = try EtcdWriter(.usual(servers[0].endpoint))
        try await writer.putSet("last")
        #expect(await followed.until { $0.sets.contains("last") && $0.problems.isEmpty })
        #expect(!followed.hasRemoved)
    }
}
