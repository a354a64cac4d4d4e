// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc

/// A folder that is gone at the end.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-\(UUID().uuidString)").path
        try make("")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    subscript(name: String) -> String { name.isEmpty ? path : "\(path)/\(name)" }

    func make(_ name: String) throws {
        try FileManager.default.createDirectory(
            atPath: self[name], withIntermediateDirectories: true)
    }

    /// Writes in place.
    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: self[name]))
    }

    /// Writes under another name, and renames.
    func replace(_ name: String, _ text: String) throws {
        try write("\(name).new", text)
        try move("\(name).new", name)
    }

    func move(_ from: String, _ to: String) throws {
        guard rename(self[from], self[to]) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: self[name], withDestinationPath: target)
    }

    func remove(_ name: String = "") throws {
        try FileManager.default.removeItem(atPath: self[name])
    }
}
