// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// A command that runs to its end while others work.
public enum Command {
    /// Runs a command that is looked up in `PATH`.
    ///
    /// - Returns: What it wrote.
    /// - Throws: ``CommandFailure`` if it does not end with status 0.
    @discardableResult
    public static func run(_ arguments: [String]) async throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        guard status == 0 else { throw CommandFailure(arguments: arguments, output: text) }
        return text
    }

    /// Where a command is; nil if it is not installed.
    public static func path(of name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

/// A command that has failed, with what it wrote.
public struct CommandFailure: Error, CustomStringConvertible {
    var arguments: [String]
    var output: String

    public var description: String { "\(arguments.joined(separator: " ")): \(output)" }
}
