// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc

/// The memory of a process.
enum ProcessMemory {
    /// What it has resident, in MiB.
    static func resident(of process: String = "self") throws -> Double {
        try line("VmRSS:", of: process)
    }

    /// The most it has had resident, in MiB; of this process since ``forgetPeak()``.
    static func peak(of process: String = "self") throws -> Double {
        try line("VmHWM:", of: process)
    }

    /// Gives back what is free, so that what was needed before is in no later figure.
    static func forgetPeak() throws {
        giveBack()
        // Documentation/filesystems/proc.rst: 5 resets the peak to what is resident now.
        try Data("5\n".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    }

    /// Gives what is free back to the system.
    static func giveBack() { _ = trim(0) }

    private static func line(_ key: String, of process: String) throws -> Double {
        let path = "/proc/\(process)/status"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(key) }
        guard let kilobytes = line?.split(separator: " ").dropLast().last.flatMap({ Double($0) })
        else { throw BenchmarkFailure(text: "\(path) has no \(key)") }
        return kilobytes / 1_024
    }
}

/// `malloc_trim` of the C library, which Swift's view of the library leaves out.
private let trim = unsafeBitCast(
    dlsym(nil, "malloc_trim"), to: (@convention(c) (Int) -> Int32).self)

/// The processor time of the calling thread, which says more than the wall's where others compute too.
enum ThreadTime {
    static var milliseconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e3 + Double(time.tv_nsec) / 1e6
    }
}
