// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit

/// The `sluice` command that is built beside the tests.
public enum SluiceCommand {
    /// Runs the command to its end.
    ///
    /// - Parameters:
    ///   - arguments: what stands behind `sluice`.
    ///   - namespace: the network namespace in which it runs; nil for the test's own.
    /// - Throws: `LabError` if it cannot be started.
    public static func run(
        _ arguments: [String], in namespace: NetworkNamespace? = nil
    ) throws -> ChildProcess.Ending {
        let command = ChildProcess(arguments: [AgentProcess.executable] + arguments)
        return try namespace.map { try $0.run { try command.finish() } } ?? command.finish()
    }
}
