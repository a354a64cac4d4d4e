// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc

/// What the kernel says of a process in `/proc/<pid>`.
struct ProcessStatus {
    private let lines: [String: String]

    /// A set of capabilities, as the kernel writes it, that has CAP_NET_ADMIN (12) only.
    static let onlyNetAdmin = "0000000000001000"

    init(_ process: pid_t) throws {
        let text = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        lines = text.split(separator: "\n").reduce(into: [:]) { lines, line in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { return }
            lines[String(parts[0])] = parts[1].trimmingCharacters(in: .whitespaces)
        }
    }

    /// The value of a line, such as `CapEff`.
    subscript(name: String) -> String? { lines[name] }

    /// A child of a process; nil if it has none.
    static func child(of parent: pid_t) -> pid_t? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }
            .first { (try? ProcessStatus($0))?["PPid"] == "\(parent)" }
    }

    /// Whether the process's `/` is mounted read-only.
    static func isRootReadOnly(_ process: pid_t) throws -> Bool {
        let text = try String(contentsOfFile: "/proc/\(process)/mountinfo", encoding: .utf8)
        // Identifier, parent, device, root, mount point, options.
        let mounts = text.split(separator: "\n").map { $0.split(separator: " ") }
        guard let root = mounts.last(where: { $0.count > 5 && $0[4] == "/" }) else { return false }
        return root[5].split(separator: ",").contains("ro")
    }

    /// The first word of what the process runs.
    static func command(_ process: pid_t) throws -> String {
        let words = try Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline"))
        return String(decoding: words.prefix { $0 != 0 }, as: UTF8.self)
    }
}
