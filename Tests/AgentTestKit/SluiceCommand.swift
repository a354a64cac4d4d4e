// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyTestKit

/// A run of the `sluice` command to its end.
public struct SluiceCommand {
    /// What it printed as its result.
    public let output: String
    /// What it printed beside the result.
    public let errors: String
    /// 0 unless something is otherwise than asked for.
    public let exitCode: Int32

    /// Runs the command with these arguments.
    ///
    /// - Parameters:
    ///   - folder: where it runs; nil for where the test does.
    ///   - namespace: the network namespace in which it runs; nil for the test's own.
    public init(
        _ arguments: [String], at folder: String? = nil, in namespace: NetworkNamespace? = nil
    ) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: AgentProcess.executable)
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let output = Pipe()
        let errors = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        if let namespace {
            try namespace.run { try process.run() }
        } else {
            try process.run()
        }
        self.output = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        self.errors = String(
            decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        exitCode = process.terminationStatus
    }
}
