// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import PolicyModel
import PolicyTestKit

/// A folder of manifests that is gone at the end, whose files are replaced as careful writers do:
/// by a rename.
public final class ManifestFolder: Sendable {
    /// Where it is.
    public let path: String

    /// An empty folder.
    public init() throws {
        path = NSTemporaryDirectory() + "/sluice-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: manifests, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The folder that agents follow.
    public var manifests: String { "\(path)/manifests" }

    /// Where agents write their log.
    public var log: String { "\(path)/log" }

    /// Gives a file this content at once, or takes it away.
    public func replace(_ name: String, _ text: String?) throws {
        let target = "\(manifests)/\(name)"
        guard let text else { return try FileManager.default.removeItem(atPath: target) }
        let draft = "\(path)/draft-\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: draft))
        guard rename(draft, target) == 0 else {
            throw LabError(operation: "rename", object: target, errorNumber: errno)
        }
    }

    /// Gives one file all objects of a state.
    public func replace(_ name: String = "cluster.yaml", with state: ClusterState) throws {
        try replace(name, ManifestPrinter.print(state))
    }
}

extension ClusterState {
    /// The state as manifests say it, which know of no other tiers than the usual ones.
    public var asManifestsSay: ClusterState {
        var copy = self
        copy.tiers = ClusterState().tiers
        return copy
    }
}
