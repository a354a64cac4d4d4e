// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser

/// The command.
@main
struct Sluice: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sluice",
        abstract: "Compiles network policies to nf_tables and keeps a node's kernel in step.",
        discussion: """
            Reads Kubernetes manifests (pods, namespaces, nodes, network policies) as kubectl prints \
            them, and compiles the policies of one node's pods into one nf_tables table, \
            `inet sluice`. It touches no other table.

            EXAMPLES
              See what a node would enforce, without root and without a kernel:
                kubectl get pods,namespaces,nodes,networkpolicies -A -o yaml > cluster.yaml
                sluice render -f cluster.yaml --node node-a

              See what would change here, then change it:
                sluice diff -f cluster.yaml -f policies/ --node node-a
                sluice apply -f cluster.yaml -f policies/ --node node-a

            EXIT CODES
              0  done; for `diff`: no difference
              1  for `diff`: there are differences; for `show`: there is no table
              2  an error: bad input or usage, or the kernel refused; nothing was changed
            """,
        version: "0.1.0",
        subcommands: [Render.self, Diff.self, Apply.self, Show.self, Reset.self])

    static func main() {
        Console.reserveStandardStreams()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            exit(with: error)
        }
    }

    /// Ends the process: problems of the input have been printed already, a wrong usage exits as
    /// every other error does.
    private static func exit(with error: any Error) -> Never {
        switch error {
        case let outcome as ExitCode:
            exit(withError: outcome)
        case let failure as Failure:
            Console.error(failure.message)
            exit(withError: ExitStatus.error)
        default:
            let code = exitCode(for: error)
            if code.isSuccess { exit(withError: error) }
            Console.error(fullMessage(for: error), prefix: "")
            exit(withError: ExitStatus.error)
        }
    }
}

/// What the exit codes mean.
enum ExitStatus {
    /// `diff` found differences; `show` found no table.
    static let different = ExitCode(1)
    /// Nothing was done.
    static let error = ExitCode(2)
}

/// An error with a text for people.
struct Failure: Error {
    var message: String

    init(_ message: String) { self.message = message }
}
