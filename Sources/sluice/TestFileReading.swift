// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import PolicyAnalysis
import PolicyDocuments

/// A test file that has been read and run, with the manifests that it names.
struct TestFileReading {
    /// What messages call the file.
    let name: String
    /// Of each test of each document.
    private(set) var results: [PolicyTestResult] = []
    /// What keeps the tests from being run.
    private(set) var problems: [String] = []
    /// What people should know besides.
    private(set) var warnings: [String] = []

    /// - Parameters:
    ///   - path: The file.
    ///   - manifests: Further manifests.
    ///   - namespace: Of what states none.
    init(_ path: String, _ manifests: [String], namespace: String) {
        let files = ManifestFiles(reading: [path])
        name = files.sources.first?.name ?? path
        // What a directory means here nobody has said.
        guard let source = files.sources.first, files.sources.count == 1,
            source.name == path || path == ManifestFiles.standardInput
        else {
            problems =
                files.problems.isEmpty
                ? ["\(path): is a directory; name the test files in it"]
                : files.problems.map { "\($0.path): \($0.message)" }
            return
        }
        let file = PolicyTestFile(source, defaultNamespace: namespace)
        take(file.diagnostics)
        guard !file.hasErrors else { return }
        for suite in file.suites { run(suite, in: path, manifests) }
    }

    private mutating func run(_ suite: PolicyTestSuite, in path: String, _ manifests: [String]) {
        var sources: [Source] = []
        for manifest in suite.manifests {
            let place = Self.path(manifest.value, besides: path)
            let files = ManifestFiles(reading: [place])
            sources += files.sources
            problems += files.problems.map { "\(manifest.origin): \($0.path): \($0.message)" }
        }
        let further = ManifestFiles(reading: manifests)
        problems += further.problems.map(\.description)
        var decoder = DocumentDecoder(defaultNamespace: suite.namespace, readsWorkloads: true)
        decoder.keepsLayouts = true
        var documents = decoder.decode(sources + further.sources)
        documents.append(suite.objects)
        take(documents.diagnostics + ClusterAssembly(documents).diagnostics)
        guard problems.isEmpty else { return }
        if documents.policies.isEmpty {
            warnings.append("\(name): there is no policy in its manifests, so that all is allowed")
        }
        let run = PolicyTestRun(suite, documents)
        take(run.diagnostics)
        results += run.results
    }

    /// What a path means that stands in a file: relative to the file's folder, without `..` where
    /// the shorter path leads to the same place.
    private static func path(_ path: String, besides file: String) -> String {
        guard let slash = file.lastIndex(of: "/"), !path.hasPrefix("/") else { return path }
        let whole = file[...slash] + path
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        let short = (whole.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
        let places = [String(whole), short].map {
            URL(fileURLWithPath: $0).resolvingSymlinksInPath().path
        }
        return places[0] == places[1] && !parts.isEmpty ? short : String(whole)
    }

    private mutating func take(_ diagnostics: [Diagnostic]) {
        for diagnostic in diagnostics {
            switch diagnostic.severity {
            case .error: problems.append(diagnostic.description)
            case .warning: warnings.append(diagnostic.textWithoutSeverity)
            }
        }
    }
}
