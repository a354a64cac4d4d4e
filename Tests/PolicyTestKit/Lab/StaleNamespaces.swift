// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// Namespaces of the test kit that a killed run has left.
enum StaleNamespaces {
    /// Removes, once in the life of this process, those of all processes that no longer live.
    ///
    /// A name with the number of this very process was left by an earlier one with that number.
    static let sweptAtFirstUse: Void = sweep { $0 == getpid() || !isAlive($0) }

    /// Removes the namespaces of the processes that `isStale` picks.
    ///
    /// Another process may sweep at the same time, so a name that is gone is no error.
    static func sweep(of isStale: (pid_t) -> Bool = { !isAlive($0) }) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: NetworkNamespace.folder))
        for name in names ?? [] {
            guard let owner = owner(of: name), isStale(owner) else { continue }
            _ = try? ChildProcess(arguments: ["ip", "netns", "delete", name]).run()
        }
    }

    /// The process that made a namespace, or nil for a namespace that is none of the kit's.
    static func owner(of name: String) -> pid_t? {
        let parts = name.split(separator: "-", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "sluice", Int(parts[2]) != nil else { return nil }
        guard let owner = pid_t(parts[1]), owner > 0 else { return nil }
        return owner
    }

    private static func isAlive(_ process: pid_t) -> Bool {
        kill(process, 0) == 0 || errno != ESRCH
    }
}
