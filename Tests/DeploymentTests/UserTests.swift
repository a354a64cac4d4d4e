// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import Glibc
import PolicyTestKit
import Testing

/// Which user the agent may be: another than root only where the capability is ambient, as systemd
/// gives it and Kubernetes does not.
@Suite("The agent's user", .needsImage, .serialized) struct UserTests {
    private static let state = WorldGenerator(seed: 7, size: 20).world()
    private static let nobody: UInt32 = 65534

    private let folder: URL

    /// The command, among this machine's own files, where every user may read it.
    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-user-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let image = try #require(ImageTree.staged)
        // By another process: while one of ours has a file open for writing, a command that some other
        // test starts may have it open, too, and then it cannot be run.
        let copy = ["install", "-m", "755", "\(image.path)/usr/bin/sluice", folder.path]
        try #require(try ChildProcess(arguments: copy).finish().exitCode == 0)
    }

    private func start(at site: AgentSite, _ rights: [String]) throws -> AgentProcess {
        try site.folder.replace(with: Self.state)
        let words =
            ["/usr/bin/setpriv", "--reuid=\(Self.nobody)", "--regid=\(Self.nobody)"]
            + ["--clear-groups", "--no-new-privs", "--bounding-set=-all,+net_admin"] + rights
            + [folder.appendingPathComponent("sluice").path, "agent"]
            + ["-f", site.folder.manifests, "--node", WorldGenerator.localNode]
        return try AgentProcess(in: site.namespace, command: words, logPath: site.folder.log)
    }

    @Test("a user that is not root enforces, if the capability is ambient")
    func ambient() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let site = try AgentSite("user")
        let agent = try start(
            at: site, ["--inh-caps=-all,+net_admin", "--ambient-caps=-all,+net_admin"])
        #expect(try site.awaitReady(), "\(agent.log)")
        #expect(try site.awaitTable(of: Self.state), "\(agent.log)")
        let status = try ProcessStatus(agent.identifier)
        #expect(status["Uid"]?.split(separator: "\t").first.map(String.init) == "\(Self.nobody)")
        #expect(status["CapEff"] == ProcessStatus.onlyNetAdmin)
        #expect(status["CapBnd"] == ProcessStatus.onlyNetAdmin)
        agent.signal(SIGTERM)
        #expect(agent.awaitEnd(within: .seconds(10)) == .exit(0), "\(agent.log)")
    }

    @Test("a user that is not root has no capability, if it is only allowed to have one")
    func notAmbient() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let site = try AgentSite("user-bare")
        let agent = try start(at: site, ["--inh-caps=-all,+net_admin"])
        #expect(try !site.awaitReady(within: .seconds(2)))
        #expect(try site.read() == nil)
        #expect(agent.log.contains("CAP_NET_ADMIN"), "\(agent.log)")
    }
}
