// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyTestKit

/// The tests' API server in a process of its own, which knows nothing of the test; it ends with the object.
public final class ServerProcess: Sendable {
    /// Where it says how it is reached.
    public var kubeconfig: String { "\(folder)/kubeconfig" }
    private let folder: String
    private let process: Process
    private let input = Pipe()

    /// Starts it and waits until it says how it is reached.
    ///
    /// - Throws: `LabError` if it does not within half a minute.
    public init() async throws {
        folder = NSTemporaryDirectory() + "/sluice-server-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = Self.executable
        process.arguments = ["--kubeconfig", "\(folder)/kubeconfig", "--end-with-input"]
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let deadline = ContinuousClock.now + .seconds(30)
        while !FileManager.default.fileExists(atPath: kubeconfig) {
            guard process.isRunning, ContinuousClock.now < deadline else {
                throw LabError(
                    operation: "start", object: "TestServer", reason: "it has written no kubeconfig"
                )
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: folder)
        // It ends with its input and removes what it made; whoever holds that open is not waited for.
        try? input.fileHandleForWriting.close()
        Task.detached { [process] in
            try await Task.sleep(for: .seconds(5))
            if process.isRunning { process.terminate() }
        }
    }

    /// It is built beside whatever runs this.
    private static let executable: URL = {
        let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let candidates = [own, CommandLine.arguments[0]].compactMap(\.self).map {
            URL(fileURLWithPath: $0).deletingLastPathComponent()
                .appendingPathComponent("TestServer")
        }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) }
            ?? URL(fileURLWithPath: "TestServer")
    }()
}
