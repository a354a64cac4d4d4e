// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import NodeCompiler
import PolicyDocuments
import PolicyModel

/// One folder of `Golden`: manifests, and the ruleset that they must give on `node-a`.
struct GoldenCase: CustomStringConvertible, Sendable {
    let name: String

    var description: String { name }

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Golden")

    /// Every case, by name.
    static let all: [GoldenCase] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted().map(GoldenCase.init)
    }()

    var manifests: [String] {
        let path = Self.folder.appendingPathComponent(name).path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".json") }.sorted()
            .map { "\(path)/\($0)" }
    }

    var goldenFile: URL { Self.folder.appendingPathComponent("\(name)/ruleset.nft") }

    /// The state that the manifests describe.
    func state() throws -> ClusterState {
        let files = ManifestFiles(reading: manifests)
        let documents = DocumentDecoder().decode(files.sources)
        let assembly = ClusterAssembly(documents)
        let errors =
            (documents.diagnostics + assembly.diagnostics)
            .filter { $0.severity == .error }.map(\.description)
            + files.problems.map(\.description)
        if !errors.isEmpty { throw InputErrors(texts: errors) }
        return assembly.state
    }

    func ruleset() throws -> String {
        NodeCompilation(try state(), node: "node-a").table.text()
    }

    struct InputErrors: Error {
        var texts: [String]
    }
}
