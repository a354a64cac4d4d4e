// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import Foundation
import PolicyTestKit

/// The demonstration behind `Tools/demo`: the `sluice` command on a small cluster of network
/// namespaces, judged by real connections.
@main
struct Demonstration: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Shows Sluice at work on a cluster made of network namespaces.",
        discussion: """
            Builds a node with pods and an outside world, applies policies in the node with the \
            sluice command, and opens real connections before and after. Removes its namespaces \
            at the end, also after a failure or Ctrl-C, and touches nothing else. Needs root.

            EXIT CODES
              0  everything came out as expected    1  something did not
              2  the demonstration cannot run here
            """)

    @Option(help: ArgumentHelp("The sluice command.", valueName: "path"))
    var sluice: String?

    @Option(help: ArgumentHelp("The folder of the manifests.", valueName: "path"))
    var manifests = "Tools/Demonstration/Manifests"

    @Flag(help: "Print every ruleset and transaction in full.")
    var full = false

    /// What the exit codes mean.
    private enum ExitStatus {
        static let unexpected = ExitCode(1)
        static let impossible = ExitCode(2)
    }

    func run() throws {
        Interruption.hold()
        let status = perform()
        Interruption.release()
        throw status
    }

    /// The whole demonstration; when it returns, its namespaces are gone.
    private func perform() -> ExitCode {
        do {
            let command = try locateCommand()
            if let obstacle = Lab.obstacle { throw Impossible(reason: obstacle) }
            let lab = try Cluster.lab()
            defer { lab.tearDown() }
            let stage = Stage(lab: lab, command: command, isFull: full)
            let foreign = try ForeignTable(in: lab)
            introduce()
            try FirstAct.perform(on: stage)
            try SecondAct.perform(on: stage)
            try ThirdAct.perform(on: stage)
            try FourthAct.perform(on: stage)
            try Ending.perform(on: stage, beside: foreign)
            return stage.conclude() ? .success : ExitStatus.unexpected
        } catch let error as Impossible {
            Terminal.complain("the demonstration cannot run here: \(error.reason)")
            return ExitStatus.impossible
        } catch {
            // A command that a signal has ended fails before the signal is looked for.
            Terminal.complain(
                Interruption.isWanted
                    ? "interrupted; the namespaces are removed"
                    : "the demonstration broke off: \(error)")
            return ExitStatus.unexpected
        }
    }

    private func introduce() {
        Terminal.heading("Sluice: from Kubernetes network policies to nf_tables")
        Terminal.explain(
            """
            A cluster made of network namespaces: node-a, pods on it, and an outside world. All of
            them answer on every port that is asked here, so what does not get through was dropped
            by a policy. In the tables, "yes" means over IPv4 and over IPv6, "-" over neither, and
            a plain number is a TCP port. The commands run in the network namespace of node-a,
            beside a table of somebody else, \(ForeignTable.name).
            """)
    }

    /// Enters the folder of the manifests, so that commands name them as a user there would.
    ///
    /// - Returns: the path of the `sluice` command, by default the one beside this program.
    private func locateCommand() throws -> String {
        let own = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let command = URL(
            fileURLWithPath: sluice
                ?? own.deletingLastPathComponent().appendingPathComponent("sluice").path
        ).standardizedFileURL.path
        let files = FileManager.default
        guard files.isExecutableFile(atPath: command) else {
            throw Impossible(reason: "there is no command \(command); give it with --sluice")
        }
        guard files.fileExists(atPath: "\(manifests)/cluster.yaml"),
            files.changeCurrentDirectoryPath(manifests)
        else {
            throw Impossible(reason: "no manifests in \(manifests); give them with --manifests")
        }
        return command
    }
}

/// Why nothing can be shown here.
private struct Impossible: Error {
    let reason: String
}
