// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AgentTestKit
import PolicyModel
import PolicyTestKit

/// A cluster's objects spread over several files, some of which change whenever the cluster does.
struct SplitManifests {
    private let folder: ManifestFolder
    private var random: SeededGenerator
    private var files: [String: String] = [:]
    private var salt: UInt64 = 0

    init(_ folder: ManifestFolder, seed: UInt64) {
        self.folder = folder
        random = SeededGenerator(seed: seed)
    }

    /// Brings the files to a state, each by itself, in random order.
    mutating func write(_ state: ClusterState) throws {
        // Now and then objects move between files.
        if random.chance(10) { salt = random.next() }
        var parts: [String: ClusterState] = [:]
        func file(_ name: String) -> String {
            var hash = salt &+ 5381
            for byte in name.utf8 { hash = hash &* 33 &+ UInt64(byte) }
            return "part-\(hash % 5).yaml"
        }
        for namespace in state.namespaces {
            parts[file(namespace.name), default: ClusterState()].namespaces.append(namespace)
        }
        for node in state.nodes {
            parts[file(node.name), default: ClusterState()].nodes.append(node)
        }
        for pod in state.endpoints {
            parts[file("\(pod.id)"), default: ClusterState()].endpoints.append(pod)
        }
        for policy in state.policies {
            parts[file("\(policy.id)"), default: ClusterState()].policies.append(policy)
        }
        let texts = parts.mapValues(ManifestPrinter.print)
        for name in random.shuffled(Set(files.keys).union(texts.keys).sorted())
        where files[name] != texts[name] {
            try folder.replace(name, texts[name])
        }
        files = texts
    }
}
