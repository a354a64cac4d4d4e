// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Yams

/// The files of `Tools/deploy`.
enum DeploymentFiles {
    /// The top of the repository.
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// `Tools/deploy`.
    static let folder = repository.appendingPathComponent("Tools/deploy")

    /// The folder of the cluster's manifests.
    static let kubernetes = folder.appendingPathComponent("kubernetes")

    /// The cluster's manifests by their files' names, without what only kustomize reads.
    static let manifests: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: kubernetes.path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") && $0 != "kustomization.yaml" }.sorted()
    }()

    static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    }

    /// A manifest of the cluster, as far as the type asks.
    static func decode<Value: Decodable>(
        _ name: String, as type: Value.Type = Value.self
    ) throws -> Value {
        try YAMLDecoder().decode(type, from: text("kubernetes/\(name)"))
    }
}
