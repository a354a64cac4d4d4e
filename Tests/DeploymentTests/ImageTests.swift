// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import Glibc
import NodeAgent
import PolicyTestKit
import Testing

@Suite("The image", .needsImage, .serialized) struct ImageTests {
    private static let state = WorldGenerator(seed: 7, size: 20).world()

    private let image: ImageTree

    init() throws { image = try #require(ImageTree.staged) }

    @Test("the command starts with the image's libraries alone")
    func version() throws {
        let run = try image.run(["--version"])
        #expect(run.exitCode == 0 && run.output == "\(SluiceVersion.current)\n", "\(run.errors)")
    }

    @Test("it compiles policies to the same ruleset as anywhere")
    func render() throws {
        let golden = DeploymentFiles.repository.appendingPathComponent("Golden/allow-all-egress")
        let run = try image.run(
            ["render", "-f", "/etc/sluice", "--node", "node-a"], manifests: golden.path)
        let record = golden.appendingPathComponent("ruleset.nft")
        #expect(try run.output == String(contentsOf: record, encoding: .utf8), "\(run.errors)")
    }

    @Test("the agent enforces with CAP_NET_ADMIN alone, on a root that nobody can write")
    func agent() throws {
        let site = try AgentSite("image")
        try site.folder.replace(with: Self.state)
        let words = try image.command(
            ["agent", "-f", "/etc/sluice", "--node", WorldGenerator.localNode],
            capabilities: ["CAP_NET_ADMIN"], manifests: site.folder.manifests)
        let container = try AgentProcess(
            in: site.namespace, command: words, logPath: site.folder.log)
        // Not --die-with-parent: the parent that it means is the thread which has started it.
        defer {
            if let agent = ProcessStatus.child(of: container.identifier) {
                kill(agent, SIGKILL)
            }
        }
        try #require(try site.awaitReady(), "\(container.log)")
        #expect(try site.awaitTable(of: Self.state), "\(container.log)")

        let agent = try #require(ProcessStatus.child(of: container.identifier))
        let status = try ProcessStatus(agent)
        #expect(status["CapEff"] == ProcessStatus.onlyNetAdmin)
        #expect(status["CapPrm"] == ProcessStatus.onlyNetAdmin)
        #expect(status["NoNewPrivs"] == "1")
        #expect(try ProcessStatus.isRootReadOnly(agent))
        #expect(try ProcessStatus.command(agent) == "/usr/bin/sluice")

        let asked = try site.namespace.run { try image.run(["status"]) }
        #expect(asked.exitCode == 0, "\(asked.output)\(asked.errors)")

        try site.folder.replace(with: WorldGenerator(seed: 8, size: 20).world())
        #expect(try site.awaitTable(of: WorldGenerator(seed: 8, size: 20).world()))
        kill(agent, SIGTERM)
        #expect(container.awaitEnd(within: .seconds(10)) == .exit(0), "\(container.log)")
        #expect(try site.read() != nil)
    }

    @Test("without CAP_NET_ADMIN it says what is missing")
    func withoutCapability() throws {
        let site = try AgentSite("image-bare")
        try site.folder.replace(with: Self.state)
        let words = try image.command(
            ["apply", "-f", "/etc/sluice", "--node", WorldGenerator.localNode],
            manifests: site.folder.manifests)
        let run = try site.namespace.run { try ChildProcess(arguments: words).finish() }
        #expect(run.exitCode == 2 && run.errors.contains("CAP_NET_ADMIN"), "\(run.errors)")
    }

    @Test("nothing in it can be run but the command, and nothing gains rights")
    func contents() throws {
        let files = try image.files()
        let libraries = files.filter { $0.hasPrefix("usr/lib") }
        #expect(libraries.allSatisfy { $0.contains(".so") }, "\(libraries)")
        for file in files {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: "\(image.path)/\(file)")
            let mode = try #require(attributes[.posixPermissions] as? NSNumber).intValue
            #expect(mode & 0o7022 == 0, "\(file) has the mode \(String(mode, radix: 8))")
            let isExecutable = mode & 0o111 != 0
            #expect(
                isExecutable == (file == "usr/bin/sluice" || libraries.contains(file)),
                "\(file) has the mode \(String(mode, radix: 8))")
        }
        let packages = files.filter { $0.hasPrefix("var/lib/dpkg/status.d/") }
            .map { String($0.split(separator: "/").last ?? "") }
        #expect(
            Set(packages)
                == ["libc6", "libgcc-s1", "libstdc++6", "libmnl0", "libnftnl11", "zlib1g"])
    }
}
