// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import Foundation

/// The command, run to its end.
struct CommandRun {
    let status: Int32
    let output: String
    let errors: String

    /// - Parameters:
    ///   - arguments: Without the command's own name.
    ///   - folder: Where it runs.
    init(_ arguments: [String], in folder: URL) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: AgentProcess.executable)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        // Files, not pipes: a pipe that nobody empties stops the command.
        let names = ["output", "errors"].map { folder.appendingPathComponent(".\($0)") }
        for name in names { try Data().write(to: name) }
        let output = try FileHandle(forWritingTo: names[0])
        let errors = try FileHandle(forWritingTo: names[1])
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        process.waitUntilExit()
        try output.close()
        try errors.close()
        status = process.terminationStatus
        self.output = try String(contentsOf: names[0], encoding: .utf8)
        self.errors = try String(contentsOf: names[1], encoding: .utf8)
    }

    /// The output as JSON: an object.
    var json: [String: Any] {
        get throws {
            try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
        }
    }
}

/// A folder of some files, deleted with its last user.
final class CommandFolder {
    let url: URL

    /// - Parameter files: Texts by path, whose folders are made.
    init(_ files: [String: String]) throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-command-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        for (path, text) in files {
            let place = url.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: place)
        }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func run(_ arguments: String...) throws -> CommandRun { try CommandRun(arguments, in: url) }
}
