// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import Testing

@testable import PolicyTestKit

/// Pods whose interfaces no object tells, on a node that has a route to each.
@Suite("Pods whose interfaces the routes tell", .needsNamespaces, .serialized)
struct RoutedPodTests {
    private let policed: PolicedLab
    private let site: AgentSite

    init() throws {
        policed = try PolicedLab()
        site = try AgentSite("routed", node: PolicedLab.nodeName, in: policed.lab.node)
        try site.folder.replace("pods.yaml", Self.manifest)
    }

    private static func pod(_ name: String, _ addresses: [String]) -> String {
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: \(name), namespace: shop, labels: {app: \(name)}}
        spec: {nodeName: alpha}
        status: {podIPs: [\(addresses.map { "{ip: '\($0)'}" }.joined(separator: ", "))]}
        ---

        """
    }

    private static let manifest =
        pod("web", PolicedLab.web) + pod("front", PolicedLab.front)
            + """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: shop}
            spec:
              podSelector: {matchLabels: {app: web}}
              ingress: [{from: [{podSelector: {matchLabels: {app: front}}}]}]

            """

    /// Whether a packet from `web`, under some source, gets to the world.
    private func arrives(_ source: String, _ expected: Bool) throws -> Bool {
        let target = source.contains(":") ? PolicedLab.world[2] : PolicedLab.world[0]
        let marker = RawPacket.marker()
        let packet = RawPacket.udp(
            from: LabSocketAddress(try LabAddress(source), port: 30_000),
            to: LabSocketAddress(try LabAddress(target), port: 9_999), marker)
        return try policed.delivers(
            packet, endingIn: marker, from: "web", to: "world", expected: expected)
    }

    private func ip(_ words: String...) throws { try policed.lab.node.execute(["ip"] + words) }

    private func placed(_ count: Double) throws -> Bool {
        try site.waits { try site.metric("sluice_placed_pods") == count }
    }

    @Test("S90: what comes from a pod bears its addresses, while its route leaves no doubt")
    func guarded() throws {
        let agent = try site.start("--interfaces", "routes", "--verify", "10s")
        #expect(try site.awaitReady(), "\(agent.log)")
        #expect(try placed(2), "\(agent.log)")
        for address in PolicedLab.web { #expect(try arrives(address, true), "\(address)") }
        for address in PolicedLab.front { #expect(try !arrives(address, false), "\(address)") }
        #expect(try !arrives("198.51.100.9", false), "an address of nobody")
        try policed.expect(.answered, .tcp, 80, from: "front", to: "web")
        try policed.expect(.silent, .tcp, 80, from: "world", to: "web")
        try policed.expect(.answered, .tcp, 80, from: "web", to: "world")
        #expect(try site.waits { try site.metric("sluice_proved") == 1 }, "\(agent.log)")

        // One family of the pod leads elsewhere: nothing is certain, nothing is dropped for it.
        let front = try policed.lab.interfaceName(ofHost: "front")
        try ip("-6", "route", "replace", PolicedLab.web[1], "dev", front)
        #expect(try placed(0), "\(agent.log)")
        #expect(try arrives("198.51.100.9", true))
        let web = try policed.lab.interfaceName(ofHost: "web")
        try ip("-6", "route", "replace", PolicedLab.web[1], "dev", web)
        #expect(try placed(2), "\(agent.log)")
        #expect(try !arrives("198.51.100.9", false))
        try ip("link", "delete", web)
        #expect(try placed(1), "\(agent.log)")
        #expect(try site.ask("/readyz")?.code == 200, "\(agent.log)")
    }

    @Test("S90: commands conclude the same from routes, if they are told to")
    func commands() throws {
        func sluice(_ words: String...) throws -> ChildProcess.Ending {
            try SluiceCommand.run(
                words + ["-f", site.folder.manifests, "--node", PolicedLab.nodeName],
                in: policed.lab.node)
        }
        #expect(try sluice("apply").exitCode == 0)
        #expect(try arrives("198.51.100.9", true), "not by themselves")
        #expect(try sluice("diff", "--interfaces", "routes").exitCode == 1)
        #expect(try sluice("apply", "--interfaces", "routes").exitCode == 0)
        #expect(try sluice("diff", "--interfaces", "routes").exitCode == 0)
        #expect(try !arrives("198.51.100.9", false))
        #expect(try arrives(PolicedLab.web[0], true))
        #expect(try sluice("verify", "--interfaces", "routes").exitCode == 0)
        #expect(try sluice("verify").exitCode == 1, "then the guards are not wanted")
        #expect(try sluice("render", "--interfaces", "routes").exitCode == 2)
    }

    @Test("S91: the agent keeps a file for each pod, and leaves them when it ends")
    func files() throws {
        let folder = try CommandFolder([:])
        let path = folder.url.path
        func names() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: path).sorted()
        }
        let agent = try site.start("--status-directory", path, "--cleanup")
        #expect(
            try site.waits { try names() == ["shop_front", "shop_web"] }, "\(agent.log)")
        let text = try String(contentsOfFile: path + "/shop_web", encoding: .utf8)
        #expect(text.contains("\"addresses\":[\"10.0.0.1\",\"fd00::1\"]"), "\(text)")
        #expect(text.contains("\"ingress\":[\"NetworkPolicy shop/web\"]"), "\(text)")
        #expect(try site.waits { try site.metric("sluice_pod_files") == 2 })
        try site.folder.replace("pods.yaml", Self.pod("web", PolicedLab.web))
        #expect(try site.waits { try names() == ["shop_web"] }, "\(agent.log)")
        // At once, as the agent may be writing there.
        try FileManager.default.moveItem(atPath: path, toPath: path + "-gone")
        defer { try? FileManager.default.removeItem(atPath: path + "-gone") }
        try site.folder.replace("pods.yaml", Self.manifest)
        #expect(
            try site.waits {
                try site.ask("/status")?.body.contains("No such file") ?? false
            }, "\(agent.log)")
        #expect(try site.ask("/readyz")?.code == 200, "enforcement is not disturbed")
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        #expect(
            try site.waits(within: .seconds(15)) { try names() == ["shop_front", "shop_web"] },
            "\(agent.log)")
        agent.signal(15)
        #expect(agent.awaitEnd(within: .seconds(5)) == .exit(0))
        #expect(try names().isEmpty, "the rules are removed")
    }
}
