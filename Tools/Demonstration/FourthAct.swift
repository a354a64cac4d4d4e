// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyTestKit

/// The agent: follows a folder of manifests, and takes back what others do to the rules.
enum FourthAct {
    private static let columns: [Service] = [
        .tcp(80, of: Cluster.prodWeb), .tcp(9100, of: Cluster.prodWeb),
    ]

    private static let afterwards = Expectation(
        columns,
        [
            .init(Cluster.prodCart, "+-"),
            .init(Cluster.opsMonitor, "-+"),
            .init(Cluster.opsBackup, "-+"),
            .init(Cluster.stranger, "--"),
        ])

    /// - Throws: when the act cannot be finished.
    static func perform(on stage: Stage) throws {
        Terminal.heading("Act 4: the agent keeps it so")
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-demo-\(getpid())")
        let manifests = folder.appendingPathComponent("manifests")
        try FileManager.default.createDirectory(at: manifests, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["cluster", "deny-all", "more-pods", "allow-web"] {
            try FileManager.default.copyItem(
                at: URL(fileURLWithPath: "\(name).yaml"),
                to: manifests.appendingPathComponent("\(name).yaml"))
        }
        let agent = try stage.agent(
            "-n dev -f \(manifests.path) --log-level debug",
            log: folder.appendingPathComponent("log"))
        let beginning = try agent.lines(until: "in sync")
        stage.show(beginning)
        stage.check(
            "the agent finds the rules as apply has left them, and writes nothing",
            beginning.contains { $0.contains("in sync") }
                && !beginning.contains { $0.contains("committed") },
            found: beginning.joined(separator: "\n"))

        Terminal.explain("A policy comes into the folder: ops/backup may fetch the metrics too.")
        let draft = folder.appendingPathComponent("allow-backup.yaml")
        try FileManager.default.copyItem(
            at: URL(fileURLWithPath: "allow-backup.yaml"), to: draft)
        try FileManager.default.moveItem(
            at: draft, to: manifests.appendingPathComponent("allow-backup.yaml"))
        stage.show(try agent.lines(until: "elements"))
        let after = try stage.measure("After allow-backup in prod", afterwards)
        stage.check("it is in force without further ado", after.surprises())

        Terminal.explain("Somebody empties the chain where packets end that no policy allows.")
        try stage.shell("nft flush chain inet sluice isolated")
        let repair = try agent.lines(until: "put right")
        stage.show(repair)
        stage.check(
            "the agent takes it back, and says who it was",
            repair.contains { $0.contains("put right") && $0.contains("by=nft[") },
            found: repair.joined(separator: "\n"))
        let repaired = try Reachability(afterwards, in: stage.lab)
        stage.check("nobody reaches more than before", repaired.surprises())

        let status = try stage.sluice("status")
        stage.check("status says ready", status.status == 0, found: "exit code \(status.status)")
        let code = agent.terminate()
        stage.check("SIGTERM ends it with exit code 0", code == 0, found: "exit code \(code)")
        let left = try Reachability(afterwards, in: stage.lab)
        stage.check("and its rules stay in force", left.surprises())
    }
}
