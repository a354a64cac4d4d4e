// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NodeCompiler
import PolicyDocuments

/// Bytes as a file of manifests.
struct ManifestInput {
    var bytes: [UInt8]

    /// Takes them the whole way, once as YAML and once as JSON.
    func compile() {
        for name in ["x.yaml", "x.json"] {
            let decoded = DocumentDecoder().decode([Source(name: name, bytes: bytes)])
            for diagnostic in decoded.diagnostics {
                let text = diagnostic.description
                precondition(!text.utf8.contains(10), "a message of two lines")
            }
            let assembly = ClusterAssembly(decoded)
            let node = assembly.state.nodes.first?.name ?? "node-a"
            _ = NodeCompilation(assembly.state, node: node).table.text()
        }
    }
}
