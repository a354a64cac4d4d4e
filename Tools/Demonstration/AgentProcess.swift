// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyTestKit

/// A running `sluice agent` with its log.
final class AgentProcess {
    private let process = Process()
    private let log: URL
    private var position = 0

    /// Starts it in a namespace.
    ///
    /// - Throws: an error when it cannot be started.
    init(_ command: [String], in namespace: NetworkNamespace, log: URL) throws {
        self.log = log
        try Data().write(to: log)
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardError = try FileHandle(forWritingTo: log)
        // A child stands in the namespace of the thread that starts it.
        try namespace.run { [process] in try process.run() }
    }

    deinit { if process.isRunning { process.terminate() } }

    /// The lines that it has logged since the last call.
    ///
    /// - Parameters:
    ///   - text: what one of them is waited for to contain.
    ///   - patience: how long, in seconds.
    func lines(until text: String, patience: Double = 10) throws -> [String] {
        let deadline = Date(timeIntervalSinceNow: patience)
        while true {
            try Interruption.check()
            let all = try String(contentsOf: log, encoding: .utf8)
            let new = all.dropFirst(position)
            let lines = new.split(separator: "\n").map(String.init)
            if lines.contains(where: { $0.contains(text) }) || Date() > deadline {
                position = all.count
                return lines
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
    }

    /// Ends it as a service manager does.
    ///
    /// - Returns: its exit status.
    func terminate() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
