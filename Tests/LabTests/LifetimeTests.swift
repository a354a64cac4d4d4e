// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyTestKit
import Testing

@Suite(.needsLab)
struct LifetimeTests {
    @Test func tearDownRemovesEveryNamespaceAndMayBeRepeated() throws {
        let lab = try SampleLab.small()
        let names = try lab.namespaceNames
        #expect(names.count == 4)
        #expect(names.allSatisfy { namespacesNow().contains($0) })

        lab.tearDown()
        lab.tearDown()

        #expect(namespacesNow().isDisjoint(with: names))
        #expect(throws: LabError.self) { try lab.inNode {} }
    }

    @Test func aLabThatNobodyKeepsIsGone() throws {
        let names = try SampleLab.small().namespaceNames
        #expect(namespacesNow().isDisjoint(with: names))
    }

    @Test func anErrorWhileALabIsInUseLeavesNothing() throws {
        struct Interruption: Error {}
        var names: [String] = []
        #expect(throws: Interruption.self) {
            let lab = try SampleLab.small()
            names = try lab.namespaceNames
            try lab.inNode { throw Interruption() }
        }
        #expect(names.count == 4)
        #expect(namespacesNow().isDisjoint(with: names))
    }

    @Test func anErrorWhileALabIsBuiltLeavesNothing() throws {
        // A multicast address is an address, but none that an interface can have as its own.
        let marker = "marker-\(UInt32.random(in: 0 ... .max))"
        let hosts = [
            LabHost(name: marker + "-a", addresses: ["10.0.0.1"]),
            LabHost(name: marker + "-b", addresses: ["ff02::1"]),
        ]
        let error = #expect(throws: LabError.self) { _ = try Lab(hosts: hosts) }
        #expect(try #require(error).operation == "run")
        #expect(!namespacesNow().contains { $0.contains(marker) })
    }

    @Test(
        arguments: [
            [LabHost(name: "a", addresses: ["10.0.0.300"])],
            [LabHost(name: "a", addresses: ["10.0.0.1"]), LabHost(name: "a", addresses: [])],
            [LabHost(name: "a", addresses: ["::1:2"]), LabHost(name: "b", addresses: ["::1:2"])],
        ])
    func hostsThatMakeNoSenseAreAnError(_ hosts: [LabHost]) {
        #expect(throws: LabError.self) { _ = try Lab(hosts: hosts) }
    }

    @Test func aCommandRunsInsideAndTellsWhatWentWrong() throws {
        let lab = try SampleLab.small()
        let links = try lab.host(named: "pod-1").execute(["ip", "-brief", "link"])
        #expect(links.contains("eth0") && !links.contains("veth"))
        let error = #expect(throws: LabError.self) {
            try lab.node.execute(["ip", "link", "show", "dev", "eth9"])
        }
        #expect(try #require(error).reason.contains("eth9"))
    }

    @Test func socketsAreClosedWithTheLab() throws {
        let lab = try SampleLab.small()
        let probes = try lab.pairProbes(.tcp, port: 80)
        _ = try lab.prober.run(probes)
        lab.tearDown()
        #expect(throws: LabError.self) { try lab.prober.run(probes) }
    }
}

/// The names of all network namespaces that there are.
func namespacesNow() -> Set<String> {
    Set((try? FileManager.default.contentsOfDirectory(atPath: "/run/netns")) ?? [])
}

extension Lab {
    fileprivate var namespaceNames: [String] {
        get throws { try endpoints.map { try namespace(of: $0).name } }
    }
}
