// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import NodeAgent

/// The command.
@main
struct Sluice: AsyncParsableCommand {
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

              Check policies before they are applied:
                sluice lint -f cluster.yaml -f policies/
                sluice test tests/*.yaml

              Prove that the kernel does what the policies say:
                sluice verify -f cluster.yaml -f policies/ --node node-a

              Ask why a packet passes, or does not:
                sluice explain -f cluster.yaml --from shop/front --to shop/web --port 8080/tcp

              Keep it so, and ask how it is:
                sluice agent -f cluster.yaml -f policies/ --node node-a
                sluice status

              See who reaches whom, without root:
                sluice matrix -f cluster.yaml

            EXIT CODES
              0  done; for `diff`: no difference
              1  for `diff` and `verify`: there are differences; for `show`: there is no table;
                 for `status`: the agent is not ready; for `explain`: denied; for `test`: a test
                 fails; for `lint`: there are warnings or errors
              2  an error: bad input or usage, or the kernel refused; nothing was changed
              3  for `verify`: not proved; for `explain`: the ruleset does something else than the
                 policies say
            """,
        version: SluiceVersion.current,
        subcommands: [
            Render.self, Diff.self, Apply.self, Verify.self, Agent.self, Status.self,
            Explain.self, Matrix.self, Test.self, Lint.self, Show.self, Reset.self,
        ])

    static func main() async {
        Console.reserveStandardStreams()
        do {
            var command = try parseAsRoot()
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
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
    /// `diff` found differences; `show` found no table; `status` found the agent not ready; a test
    /// failed; lint found something.
    static let different = ExitCode(1)
    /// Nothing was done.
    static let error = ExitCode(2)
    /// `verify` could not tell.
    static let unknown = ExitCode(3)
    /// `explain` found a ruleset that does not do what the policies say.
    static let disagreement = ExitCode(3)
}

/// An error with a text for people.
struct Failure: Error {
    var message: String

    init(_ message: String) { self.message = message }
}
