// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// What the kernel accounts to this process, read from `/proc/self` (proc(5)).
public struct ProcessStatistics: Hashable, Sendable {
    /// Physical memory, in bytes.
    public var residentBytes: Double
    /// Processor time in user and kernel mode, in seconds.
    public var processorSeconds: Double
    /// When the process was started, in seconds since 1970.
    public var startTime: Double?
    /// Open file descriptors.
    public var openDescriptors: Int?

    /// Reads the present values; nil where `/proc` is not mounted.
    public init?() {
        guard let text = Self.read("/proc/self/stat") else { return nil }
        // The command's name may hold spaces and parentheses; the last one ends it. What follows
        // begins with the third field.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ").map(String.init)
        func field(_ number: Int) -> Double? {
            fields.indices.contains(number - 3) ? Double(fields[number - 3]) : nil
        }
        guard let user = field(14), let system = field(15), let start = field(22),
            let pages = field(24)
        else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        residentBytes = pages * Double(sysconf(Int32(_SC_PAGESIZE)))
        processorSeconds = (user + system) / ticks
        startTime = Self.bootTime.map { $0 + start / ticks }
        // Listing the folder opens one descriptor more.
        openDescriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))
            .map { max(0, $0.count - 1) }
    }

    private static let bootTime: Double? = read("/proc/stat")?
        .split(separator: "\n").first { $0.hasPrefix("btime ") }
        .flatMap { Double($0.dropFirst("btime ".count)) }

    private static func read(_ path: String) -> String? {
        try? String(contentsOfFile: path, encoding: .utf8)
    }
}
