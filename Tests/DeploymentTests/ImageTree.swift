// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyTestKit
import Testing

/// The files of the image, and a container of them: a read-only root of their own, with nothing of
/// this machine's but `/proc`, `/dev`, and what the manifests mount.
struct ImageTree: Sendable {
    /// Where `Tools/image --test` has laid them out; nil if it has not.
    static let staged: ImageTree? = {
        let path = ProcessInfo.processInfo.environment["SLUICE_IMAGE"] ?? ""
        return path.isEmpty ? nil : ImageTree(path: path)
    }()

    /// Where it has packed them as well; nil if it has not.
    static let packed: URL? = {
        let path = ProcessInfo.processInfo.environment["SLUICE_IMAGE_OCI"] ?? ""
        return path.isEmpty ? nil : URL(fileURLWithPath: path)
    }()

    /// What makes containers.
    static let bubblewrap = Tool("bwrap")

    let path: String

    /// The words that run the command in the image, as a child of the process that they start.
    ///
    /// - Parameters:
    ///   - capabilities: All that it has.
    ///   - manifests: A folder that stands at `/etc/sluice`; nil for none.
    func command(
        _ arguments: [String], capabilities: [String] = [], manifests: String? = nil
    ) throws -> [String] {
        var words = [
            try #require(Self.bubblewrap).path, "--clearenv", "--unshare-ipc", "--unshare-uts",
            "--unshare-cgroup-try", "--ro-bind", path, "/",
            "--proc", "/proc", "--dev", "/dev", "--cap-drop", "ALL",
        ]
        for capability in capabilities { words += ["--cap-add", capability] }
        if let manifests { words += ["--ro-bind", manifests, "/etc/sluice"] }
        return words + ["/usr/bin/sluice"] + arguments
    }

    /// Runs the command in the image, without any capability, to its end.
    func run(_ arguments: [String], manifests: String? = nil) throws -> ChildProcess.Ending {
        try ChildProcess(arguments: command(arguments, manifests: manifests)).finish()
    }

    /// The paths of all files, below the root, that are neither folders nor links.
    func files() throws -> [String] {
        let root = URL(fileURLWithPath: path)
        let paths = FileManager.default.subpaths(atPath: path) ?? []
        return try paths.filter {
            let place = root.appendingPathComponent($0).path
            let kind = try FileManager.default.attributesOfItem(atPath: place)[.type]
            return kind as? FileAttributeType == .typeRegular
        }.sorted()
    }
}

extension Trait where Self == ConditionTrait {
    /// Leaves a test out, with a message that says why, where no image is laid out.
    static var needsImage: ConditionTrait {
        .enabled(
            if: ImageTree.staged != nil && ImageTree.bubblewrap != nil && Lab.obstacle == nil,
            """
            these run by Tools/image --test, which lays the image out, with bubblewrap, as root
            """)
    }
}
