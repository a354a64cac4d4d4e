// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// A file of expectations, as `sluice test` reads it.
///
/// ```yaml
/// manifests: [../policies, cluster.yaml]
/// tests:
///   - name: only the ingress controller reaches the front end
///     allow:
///       - {from: ingress/controller, to: shop/web, port: [80/tcp, 443/tcp]}
///     deny:
///       - {from: world, to: shop/web}
/// ```
public struct PolicyTestFile: Hashable, Sendable {
    /// One for each document of the file.
    public private(set) var suites: [PolicyTestSuite] = []
    /// What is wrong with the file. With an error in it no suite should be run.
    public private(set) var diagnostics: [Diagnostic] = []

    /// Decodes a file, and collects all problems.
    ///
    /// - Parameter defaultNamespace: For names without a namespace, where the file names none.
    public init(_ source: Source, defaultNamespace: String = "default") {
        var log = ProblemLog(source: source.name)
        DocumentReader(source).forEachDocument { number, document in
            log.document = number
            log.object = nil
            switch document {
            case .success(let root) where root.isNull: break
            case .success(let root):
                let field = Field(node: root, path: .object)
                let errors = log.errorCount
                let suite = PolicyTestSuite(field, defaultNamespace: defaultNamespace, &log)
                if let suite, log.errorCount == errors { suites.append(suite) }
            case .failure(let error): log.error(error)
            }
        }
        if suites.isEmpty, log.errorCount == 0 {
            log.report(
                .error, at: .start, path: .member(.object, "tests"), "is missing",
                remedy: "write at least one test")
        }
        diagnostics = log.diagnostics
    }

    /// Whether the file cannot be used.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// One document of a file of expectations: a cluster, and what is expected of it.
public struct PolicyTestSuite: Hashable, Sendable {
    /// For names and objects without a namespace.
    public var namespace: String
    /// Paths of manifests, relative to the file.
    public var manifests: [Located<String>]
    /// Objects that the document brings itself.
    public var objects: DecodedDocuments
    /// In the order of the text; at least one.
    public var tests: [PolicyTest]
}

/// Expectations under one name.
public struct PolicyTest: Hashable, Sendable {
    /// What the test is about, in the author's words.
    public var name: String
    /// Where it stands.
    public var origin: Origin
    /// In the order of the text, what is allowed first; at least one.
    public var expectations: [TrafficExpectation]
}
