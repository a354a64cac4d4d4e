// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import PolicyDocuments
import PolicyModel

/// Manifests that have been read without an error.
struct ManifestReading {
    /// Every object and its place.
    let documents: DecodedDocuments
    /// The cluster that the objects make.
    let assembly: ClusterAssembly

    /// Reads and decodes. Prints all warnings and errors of the input.
    ///
    /// - Throws: ``ExitStatus/error`` if there was any error.
    init(_ paths: [String], namespace: String, readsWorkloads: Bool = false) throws {
        let files = ManifestFiles(reading: paths)
        let megabytes = files.sources.reduce(0) { $0 + $1.bytes.count } >> 20
        if megabytes >= 5 { Console.progress("reading \(megabytes) MB of manifests ...") }
        documents = DocumentDecoder(defaultNamespace: namespace, readsWorkloads: readsWorkloads)
            .decode(files.sources)
        assembly = ClusterAssembly(documents)
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
        guard !assembly.isEmpty else {
            throw Failure(
                """
                no pods, nodes, namespaces or policies in the input; to enforce nothing, \
                use sluice reset
                """)
        }
    }
}

extension Diagnostic {
    /// The text as ``description`` gives it, for a place that says "warning" itself.
    var textWithoutSeverity: String {
        var copy = self
        copy.severity = .error
        return copy.description
    }
}

extension ClusterAssembly {
    fileprivate var isEmpty: Bool {
        state.namespaces.isEmpty && state.nodes.isEmpty && state.endpoints.isEmpty
            && state.policies.isEmpty && workloads.isEmpty
    }
}
