// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// What one file defines, by name.
struct FileObjects {
    var namespaces: [String: Located<Namespace>] = [:]
    var nodes: [String: Located<Node>] = [:]
    var endpoints: [EndpointID: Located<Endpoint>] = [:]
    var policies: [PolicyID: Located<Policy>] = [:]

    /// Decodes a file, and finds what is wrong with it by itself: a file without any document is
    /// an error here.
    ///
    /// - Parameter isKnown: Whether the file has been good before.
    static func decode(
        _ source: Source, _ decoder: DocumentDecoder, isKnown: Bool
    ) -> (objects: FileObjects, diagnostics: [Diagnostic]) {
        let documents = decoder.decode([source])
        guard documents.emptySources.isEmpty else {
            return (FileObjects(), [emptiness(of: source.name, isKnown: isKnown)])
        }
        var diagnostics = documents.diagnostics
        let objects = FileObjects(
            namespaces: ObjectIndex.unique(
                documents.namespaces, by: \.name,
                collision: { .definedTwice(namespace: $0, at: $1, first: $2) }, &diagnostics),
            nodes: ObjectIndex.unique(
                documents.nodes, by: \.name,
                collision: { .definedTwice(node: $0, at: $1, first: $2) }, &diagnostics),
            endpoints: ObjectIndex.unique(
                documents.endpoints, by: \.id,
                collision: { .definedTwice(endpoint: $0, at: $1, first: $2) }, &diagnostics),
            policies: ObjectIndex.unique(
                documents.policies, by: \.id,
                collision: { .definedTwice(policy: $0, at: $1, first: $2) }, &diagnostics))
        return (objects, diagnostics)
    }

    private static func emptiness(of file: String, isKnown: Bool) -> Diagnostic {
        let origin = Origin(source: file, document: 1, line: 1)
        if isKnown {
            return Diagnostic(
                .error, at: origin, message: "is empty now; its last content stays in force",
                remedy: "delete the file to remove its objects")
        }
        return Diagnostic(
            .error, at: origin, message: "is empty",
            remedy: "write its objects into it, or delete it")
    }
}
