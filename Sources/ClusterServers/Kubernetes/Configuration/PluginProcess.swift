// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Dispatch
import Foundation
import Synchronization

/// A program that runs to its end, or to the end of our patience.
enum PluginProcess {
    /// How it ended.
    enum End: Hashable, Sendable {
        case exited(Int32, output: [UInt8], complaint: [UInt8])
        case timedOut(complaint: [UInt8])
        case notStarted(String)
    }

    /// The most that is kept of what a program prints.
    private static let maximumOutput = 1 << 20

    /// What is read from a pipe, while it is.
    private final class Collected: Sendable {
        private let bytes = Mutex<[UInt8]>([])
        private let isEnded = DispatchSemaphore(value: 0)

        var content: [UInt8] { bytes.withLock { $0 } }

        /// Reads until all who could write have closed the pipe.
        func read(_ handle: FileHandle) {
            DispatchQueue(label: "plugin").async { [self] in
                while true {
                    // What there is: other ways of reading wait for more.
                    let data = handle.availableData
                    if data.isEmpty { break }
                    bytes.withLock {
                        $0 += data.prefix(PluginProcess.maximumOutput - $0.count)
                    }
                }
                isEnded.signal()
            }
        }

        /// A program that is left behind by the plugin may hold the pipe open; nobody waits for it.
        func wait() { _ = isEnded.wait(timeout: .now() + .seconds(1)) }
    }

    /// Runs a program with nothing to read.
    static func run(
        _ path: String, _ arguments: [String], _ environment: [String: String], timeout: Duration
    ) async -> End {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "plugin").async {
                continuation.resume(
                    returning: runToEnd(path, arguments, environment, timeout))
            }
        }
    }

    private static func runToEnd(
        _ path: String, _ arguments: [String], _ environment: [String: String],
        _ timeout: Duration
    ) -> End {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        let (output, complaint) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaint
        let isEnded = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in isEnded.signal() }
        do {
            try process.run()
        } catch {
            return .notStarted(error.localizedDescription)
        }
        let (printed, complained) = (Collected(), Collected())
        printed.read(output.fileHandleForReading)
        complained.read(complaint.fileHandleForReading)
        let milliseconds = Int(timeout / .milliseconds(1))
        guard isEnded.wait(timeout: .now() + .milliseconds(milliseconds)) == .success else {
            process.terminate()
            if isEnded.wait(timeout: .now() + .seconds(1)) != .success {
                kill(process.processIdentifier, SIGKILL)
            }
            complained.wait()
            return .timedOut(complaint: complained.content)
        }
        printed.wait()
        complained.wait()
        return .exited(
            process.terminationStatus, output: printed.content, complaint: complained.content)
    }
}
