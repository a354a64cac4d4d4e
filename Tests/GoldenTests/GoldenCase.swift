// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import NodeCompiler
import PolicyDocuments
import PolicyModel

/// One folder of `Golden`: manifests, and the ruleset that they must give on `node-a`.
struct GoldenCase: CustomStringConvertible, Sendable {
    let name: String

    var description: String { name }

    /// Every case with a ruleset, by name.
    static let all = GoldenFolder.names
        .filter { !$0.hasPrefix(GoldenFolder.messagePrefix) }.map(GoldenCase.init)

    /// The state that the manifests describe.
    func state() throws -> ClusterState {
        let files = ManifestFiles(reading: GoldenFolder.manifests(of: name))
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
