// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyTestKit
import Testing

/// A program of others' that judges what is deployed.
struct Tool: Sendable {
    let path: String

    /// Looks a program up; nil if it is not installed.
    ///
    /// - Parameter preferred: Where it is looked for first.
    init?(_ name: String, preferred: String? = nil) {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let places = folders.map { "\($0)/\(name)" } + ["/usr/bin/\(name)", "/usr/sbin/\(name)"]
        let candidates = [preferred].compactMap(\.self) + places
        guard let path = candidates.first(where: FileManager.default.isExecutableFile)
        else { return nil }
        self.path = path
    }

    /// Runs it to its end.
    func run(_ arguments: [String], input: String = "") throws -> ChildProcess.Ending {
        try ChildProcess(arguments: [path] + arguments, input: input).finish()
    }
}

extension Trait where Self == ConditionTrait {
    /// Leaves a test out, with a message that says why, where a program is missing.
    static func needs(_ tool: Tool?, _ reason: String) -> ConditionTrait {
        .enabled(if: tool != nil, "\(reason)")
    }
}
