// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// The peak memory of a child process, by the kernel's own account.
enum ChildPeak {
    /// Runs a command whose output is thrown away.
    ///
    /// - Returns: its largest resident set in MiB. Children that ended earlier must have been
    ///   smaller: the kernel keeps one figure for all.
    static func megabytes(_ arguments: [String]) throws -> Double {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: arguments[0])
        process.arguments = Array(arguments.dropFirst())
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchmarkFailure(text: "\(arguments[0]) ended with \(process.terminationStatus)")
        }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        return Double(usage.ru_maxrss) / 1024
    }
}
