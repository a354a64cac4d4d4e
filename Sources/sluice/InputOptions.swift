// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import ClusterSources
import NodeCompiler
import PolicyDocuments
import PolicyModel

/// What every command that compiles needs to know.
struct InputOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp(
            "Manifests: a file, a directory (read recursively: .yaml, .yml, .json) or - for standard input. Repeatable.",
            valueName: "path"))
    var paths: [String]

    @Option(
        name: [.customShort("n"), .long],
        help: "The namespace of objects that name none.")
    var namespace = "default"

    @Option(
        help: """
            The node whose pods are governed. May be left out when all pods stand on one node.
            """)
    var node: String?

    func validate() throws {
        guard !paths.isEmpty else {
            throw ValidationError("Give manifests with -f PATH.")
        }
        guard DocumentDecoder.isNamespaceName(namespace) else {
            throw ValidationError(
                """
                --namespace: this is no namespace's name: at most 63 lower-case letters, digits \
                and hyphens, with a letter or digit at both ends.
                """)
        }
    }

    /// Reads, decodes and compiles. Prints all warnings and errors of the input.
    ///
    /// - Throws: ``ExitStatus/error`` if there was any error.
    func compile() throws -> NodeCompilation {
        let state = try read()
        return NodeCompilation(state, node: try chooseNode(in: state))
    }

    /// Reads and decodes. Prints all warnings and errors of the input.
    ///
    /// - Throws: ``ExitStatus/error`` if there was any error.
    func read() throws -> ClusterState {
        let files = ManifestFiles(reading: paths)
        let megabytes = files.sources.reduce(0) { $0 + $1.bytes.count } >> 20
        if megabytes >= 5 { Console.progress("reading \(megabytes) MB of manifests ...") }
        let documents = DocumentDecoder(defaultNamespace: namespace).decode(files.sources)
        let assembly = ClusterAssembly(documents)
        for diagnostic in documents.diagnostics + assembly.diagnostics {
            switch diagnostic.severity {
            case .warning: Console.warning(diagnostic.textWithoutSeverity)
            case .error: Console.error(diagnostic.description)
            }
        }
        for problem in files.problems { Console.error(problem.description) }
        // As kubectl has it. An input that has come to nothing on its way here must not pass for a
        // cluster without policies.
        let named = paths.map { $0 == ManifestFiles.standardInput ? files.standardInputName : $0 }
        let empty = named.filter(documents.emptySources.contains)
        for source in empty { Console.error("\(source): no objects in it; nothing is assumed") }
        let errors =
            (documents.diagnostics + assembly.diagnostics).filter { $0.severity == .error }.count
            + files.problems.count + empty.count
        if errors > 0 {
            Console.note("\(errors) error\(errors == 1 ? "" : "s") in the input; nothing was done")
            throw ExitStatus.error
        }
        guard !assembly.state.isEmpty else {
            throw Failure(
                """
                no pods, nodes, namespaces or policies in the input; to enforce nothing, \
                use sluice reset
                """)
        }
        return assembly.state
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

extension Diagnostic {
    /// The text as ``description`` gives it, for a place that says "warning" itself.
    fileprivate var textWithoutSeverity: String {
        var copy = self
        copy.severity = .error
        return copy.description
    }
}

extension ClusterState {
    /// The nodes on which pods stand that have not finished.
    fileprivate var occupiedNodes: Set<String> {
        Set(endpoints.filter { !$0.isFinished }.compactMap(\.node))
    }

    fileprivate var isEmpty: Bool {
        namespaces.isEmpty && nodes.isEmpty && endpoints.isEmpty && policies.isEmpty
    }
}
