// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import Glibc
import NftablesModel
import PolicyModel
import PolicyTestKit
import Testing

/// What a running agent makes of its directory, from its start to its end.
@Suite("The agent and its directory", .needsNamespaces, .serialized)
struct AgentFollowTests {
    @Test("follows it, however the objects are spread over files", arguments: [1, 2] as [UInt64])
    func follows(seed: UInt64) throws {
        let site = try AgentSite("follow")
        var manifests = SplitManifests(site.folder, seed: seed)
        let agent = try site.start(seed % 2 == 0 ? "--ownership=monitor" : "--ownership=auto")
        var last = ClusterState()
        for (number, batch) in ChangeSequence(seed: seed, style: .kubernetes, worlds: 3)
            .enumerated()
        {
            last = batch.state
            try manifests.write(last)
            if number % 3 == 0 { usleep(20_000) }
            if number % 20 == 19 {
                try #require(try site.awaitTable(of: last), "batch \(number)\n\(agent.log)")
            }
        }
        #expect(try site.awaitTable(of: last), "\(agent.log)")
        #expect(try site.awaitReady())
        #expect(try site.ask("/healthz")?.code == 200)
    }

    private static let state = WorldGenerator(seed: 5, size: 20).world()

    @Test("S78: ends at SIGTERM and leaves the rules, or takes them away if it shall")
    func terminates() throws {
        let site = try AgentSite("terminate")
        try site.nft("add table ip foreign\nadd set ip foreign s { type ipv4_addr; }")
        try site.folder.replace(with: Self.state)
        let foreign = ["nft", "-s", "list", "table", "ip", "foreign"]
        let before = try site.namespace.execute(foreign)
        for options in [[], ["--cleanup"]] {
            let agent = try site.start(options.first ?? "--no-cleanup")
            try #require(try site.awaitTable(of: Self.state), "\(agent.log)")
            try #require(try site.awaitReady())
            agent.signal(SIGTERM)
            #expect(agent.awaitEnd(within: .seconds(2)) == .exit(0), "\(agent.log)")
            let table = try site.read()?.table.sorted.withoutCapacities
            #expect(table == (options.isEmpty ? site.wanted(Self.state) : nil))
            #expect(try site.namespace.execute(foreign) == before)
        }
    }

    private static let broken = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: broken, namespace: shop}
        spec:
          podSelector: {}
          policyTypes: [Sideways]
        """

    @Test("S74: writes nothing while the first input is bad, and says why")
    func badStart() throws {
        let site = try AgentSite("bad")
        try site.folder.replace(with: Self.state)
        try site.folder.replace("broken.yaml", Self.broken)
        let generation = try site.ruleset.generation()
        let agent = try site.start()
        #expect(site.waits { agent.log.contains("broken.yaml:6") }, "\(agent.log)")
        usleep(300_000)
        let reply = try #require(try site.ask("/readyz"))
        #expect(reply.code == 503 && reply.body.contains("broken.yaml:6"), "\(reply)")
        #expect(try site.read() == nil)
        #expect(try site.ruleset.generation() == generation)
        try site.folder.replace("broken.yaml", nil)
        #expect(try site.awaitTable(of: Self.state), "\(agent.log)")
        #expect(try site.awaitReady())
    }

    @Test("S74: keeps the last good content of what becomes bad")
    func badLater() throws {
        let site = try AgentSite("bad")
        try site.folder.replace(with: Self.state)
        let agent = try site.start()
        try #require(try site.awaitTable(of: Self.state), "\(agent.log)")
        let generation = try site.ruleset.generation()
        try site.folder.replace("cluster.yaml", Self.broken)
        #expect(site.waits { agent.log.contains("cluster.yaml:6") }, "\(agent.log)")
        usleep(300_000)
        #expect(try site.ruleset.generation() == generation)
        var other = Self.state
        other.policies.removeFirst()
        try site.folder.replace(with: other)
        #expect(try site.awaitTable(of: other), "\(agent.log)")
    }

    @Test("S75: changes nothing while there is no directory", arguments: [false, true])
    func missing(isCircle: Bool) throws {
        let site = try AgentSite("missing")
        try site.folder.replace(with: Self.state)
        let first = try site.start()
        try #require(try site.awaitTable(of: Self.state), "\(first.log)")
        first.kill()
        let before = try #require(try site.read())
        let path = site.folder.path + "/later"
        if isCircle {
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
        }
        let agent = try site.start(source: path)
        #expect(try site.waits { try site.ask("/readyz")?.code == 503 }, "\(agent.log)")
        usleep(1_500_000)
        let after = try #require(try site.read())
        #expect(after.table == before.table && after.rules == before.rules)
        #expect(after.generation == before.generation)
        let reply = try #require(try site.ask("/readyz"))
        #expect(reply.code == 503 && reply.body.contains("later"), "\(reply)")
        if isCircle { try FileManager.default.removeItem(atPath: path) }
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        var other = Self.state
        other.policies.removeFirst()
        try site.folder.replace(with: other)
        guard rename(site.folder.manifests + "/cluster.yaml", path + "/cluster.yaml") == 0 else {
            throw LabError(operation: "rename", object: path, errorNumber: errno)
        }
        #expect(try site.awaitTable(of: other), "\(agent.log)")
    }
}
