// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// The peak memory of a child process.
enum ChildPeak {
    /// Runs a command and watches its high-water mark until it has written all its output. (What
    /// the kernel reports at the end includes the parent's size from before the child's exec.)
    ///
    /// - Returns: its largest resident set in MiB.
    static func megabytes(_ arguments: [String]) throws -> Double {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: arguments[0])
        process.arguments = Array(arguments.dropFirst())
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var peak = 0.0
        while let chunk = try output.fileHandleForReading.read(upToCount: 1 << 14), !chunk.isEmpty {
            peak = max(peak, highWaterMark(of: process.processIdentifier) ?? 0)
        }
        process.waitUntilExit()
        guard process.terminationStatus == 0, peak > 0 else {
            throw BenchmarkFailure(text: "\(arguments[0]) ended with \(process.terminationStatus)")
        }
        return peak
    }

    private static func highWaterMark(of process: Int32) -> Double? {
        guard let handle = FileHandle(forReadingAtPath: "/proc/\(process)/status"),
            let data = try? handle.readToEnd()
        else { return nil }
        let line = String(decoding: data, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").dropLast().last.flatMap { Double($0) }.map { $0 / 1024 }
    }
}
