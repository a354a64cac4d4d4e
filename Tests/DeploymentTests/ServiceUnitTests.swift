// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation
import NodeAgent
import PolicyTestKit
import Testing

@Suite("The unit for hosts without Kubernetes") struct ServiceUnitTests {
    private static let analyzer = Tool("systemd-analyze")
    private static let missing = "no systemd-analyze: it comes with systemd"

    /// A copy of the unit whose command is where this build has it, deleted with its last user.
    private final class Copy {
        let path: String

        init(_ edit: (String) -> String = { $0 }) throws {
            let folder = FileManager.default.temporaryDirectory
                .appendingPathComponent("sluice-unit-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            path = folder.appendingPathComponent("sluice.service").path
            let text = try DeploymentFiles.text("sluice.service")
                .replacingOccurrences(of: "/usr/bin/sluice", with: AgentProcess.executable)
            try Data(edit(text).utf8).write(to: URL(fileURLWithPath: path))
        }

        deinit {
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            try? FileManager.default.removeItem(at: folder)
        }
    }

    /// The values of a key, in order.
    private static func values(_ key: String) throws -> [String] {
        try DeploymentFiles.text("sluice.service").split(separator: "\n")
            .filter { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) }
    }

    @Test("systemd finds nothing wrong with it", .needs(analyzer, missing))
    func verify() throws {
        let copy = try Copy()
        let verdict = try #require(Self.analyzer).run(["verify", "--man=no", copy.path])
        #expect(verdict.exitCode == 0 && verdict.errors.isEmpty, "\(verdict.errors)")
    }

    @Test("systemd finds a setting that is misspelt", .needs(analyzer, missing))
    func misspelt() throws {
        let copy = try Copy { $0.replacingOccurrences(of: "PrivateTmp=", with: "PrivateTemp=") }
        let verdict = try #require(Self.analyzer).run(["verify", "--man=no", copy.path])
        #expect(verdict.errors.contains("PrivateTemp"))
    }

    @Test("its exposure is at most 2.0 of 10, as systemd counts it", .needs(analyzer, missing))
    func exposure() throws {
        let copy = try Copy()
        let verdict = try #require(Self.analyzer)
            .run(["security", "--offline=true", "--threshold=20", "--no-pager", copy.path])
        #expect(verdict.exitCode == 0, "\(verdict.output)\(verdict.errors)")
        #expect(verdict.output.contains("Overall exposure level"))
    }

    @Test("it has one capability, and a user of its own")
    func rights() throws {
        #expect(try Self.values("AmbientCapabilities") == ["CAP_NET_ADMIN"])
        #expect(try Self.values("CapabilityBoundingSet") == ["CAP_NET_ADMIN"])
        #expect(try Self.values("DynamicUser") == ["yes"])
        #expect(try Self.values("ProtectSystem") == ["strict"])
        #expect(try Self.values("Restart") == ["always"])
    }

    @Test("its variables are the agent's, and allowed")
    func environment() throws {
        let words = try Self.values("Environment").flatMap { $0.split(separator: " ") }
        let environment = Dictionary(
            uniqueKeysWithValues: words.map { word in
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                // systemd puts the host's name there.
                return (parts[0], parts[1] == "%H" ? "node-a" : parts[1])
            })
        let known = Set(ConfigurationKey.allCases.map(\.variable))
        #expect(known.isSuperset(of: environment.keys))
        let resolved = try AgentConfiguration.resolve(
            flags: [:], environment: environment, file: nil)
        #expect(resolved.configuration.source == .files)
        #expect(resolved.configuration.filename == ["/etc/sluice/manifests"])
    }
}
