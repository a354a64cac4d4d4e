// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import NodeCompiler
import PolicyModel

/// What every command that compiles needs to know.
struct InputOptions: ParsableArguments {
    @OptionGroup var manifests: ManifestOptions

    @Option(
        help: """
            The node whose pods are governed. May be left out when all pods stand on one node.
            """)
    var node: String?

    /// Reads, decodes and compiles. Prints all warnings and errors of the input.
    ///
    /// - Throws: ``ExitStatus/error`` if there was any error.
    func compile() throws -> NodeCompilation {
        let (state, node) = try cluster()
        return NodeCompilation(state, node: node)
    }

    /// Reads, decodes, and settles which node is meant. Prints all warnings and errors of the input.
    ///
    /// - Throws: ``ExitStatus/error`` if there was any error.
    func cluster() throws -> (state: ClusterState, node: String) {
        let state = try manifests.state()
        return (state, try chooseNode(in: state))
    }

    /// The node that was named, if one was.
    ///
    /// - Throws: ``Failure`` if the input does not know it.
    func namedNode(in state: ClusterState) throws -> String? {
        guard let node else { return nil }
        let known = state.occupiedNodes.union(state.nodes.map(\.name))
        guard known.isEmpty || known.contains(node) else {
            throw Failure(
                """
                --node \(node): no pod stands on this node and no Node has this name; \
                the input knows \(known.sorted().joined(separator: ", "))
                """)
        }
        return node
    }

    private func chooseNode(in state: ClusterState) throws -> String {
        if let node = try namedNode(in: state) { return node }
        let occupied = state.occupiedNodes
        let known = occupied.union(state.nodes.map(\.name))
        switch (occupied.count, known.count) {
        case (1, _): return occupied.first!
        case (0, 1): return known.first!
        case (0, 0):
            throw Failure(
                "no pod of the input stands on a node: say with --node which one is meant")
        default:
            throw Failure(
                """
                several nodes in the input: say with --node which one is meant: \
                \(known.sorted().joined(separator: ", "))
                """)
        }
    }
}

extension ClusterState {
    /// The nodes on which pods stand that have not finished.
    fileprivate var occupiedNodes: Set<String> {
        Set(endpoints.filter { !$0.isFinished }.compactMap(\.node))
    }
}
