// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import PolicyModel
import PolicyTestKit

/// Writes a world as manifests, for whoever reads these: lists in JSON of some thousand objects each.
struct WorldManifestFolder {
    let folder: URL
    private static let objectsPerFile = 5_000

    /// - Returns: the names of the files.
    func write(_ world: ScaledWorld) throws -> [String] {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let state = world.state()
        var files: [String] = []
        func write(_ name: String, _ part: ClusterState) throws {
            let text = WorldManifests(part, seed: world.seed).json
            try text.write(
                to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
            files.append(name)
        }
        var rest = state
        rest.endpoints = []
        rest.policies = []
        try write("cluster.json", rest)
        for (number, start) in stride(
            from: 0, to: state.endpoints.count, by: Self.objectsPerFile
        ).enumerated() {
            let part = state.endpoints[start...].prefix(Self.objectsPerFile)
            try write("pods-\(number).json", ClusterState(endpoints: Array(part), tiers: []))
        }
        for (number, start) in stride(
            from: 0, to: state.policies.count, by: Self.objectsPerFile
        ).enumerated() {
            let part = state.policies[start...].prefix(Self.objectsPerFile)
            try write("policies-\(number).json", ClusterState(tiers: [], policies: Array(part)))
        }
        return files
    }
}
