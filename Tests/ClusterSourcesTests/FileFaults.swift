// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

@testable import ClusterSources

/// System calls that fail although nothing is wrong with the files.
final class FileFaults {
    /// What is done to a path.
    enum Operation: CaseIterable {
        case status, names, content
    }

    /// Error numbers, by operation and path.
    var failing: [Operation: [String: Int32]] = [:]
    /// Error numbers of inotify_add_watch, by path.
    var refusals: [String: Int32] = [:]
    /// Why there are no watches at all; 0 if there are.
    var watchless: Int32 = 0

    /// Access with these faults.
    var access: FileAccess {
        var access = FileAccess()
        access.status = { path in
            self.reason(.status, path).map { .unknown($0) } ?? FileStatus(at: path)
        }
        access.names = { path in
            self.reason(.names, path).map { .failure(FileAccessError(reason: $0)) }
                ?? FileStatus.names(in: path)
        }
        access.content = { path in
            self.reason(.content, path).map { .failure(FileAccessError(reason: $0)) }
                ?? FileStatus.content(of: path)
        }
        access.refusal = { self.refusals[$0] ?? 0 }
        access.watches = {
            errno = self.watchless
            return self.watchless == 0 ? WatchTable() : nil
        }
        return access
    }

    private func reason(_ operation: Operation, _ path: String) -> String? {
        failing[operation]?[path].map { String(cString: strerror($0)) }
    }
}
