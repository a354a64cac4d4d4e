// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// The folder `Golden`, and whether its records are compared or made anew.
enum GoldenFolder {
    static let url = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Golden")

    /// Set by `Tools/golden`: what comes out is recorded instead of compared.
    static let isRecording = ProcessInfo.processInfo.environment["SLUICE_RECORD_GOLDEN"] == "1"

    /// The names of all cases. Those about what input is refused or warned of begin with `input-`.
    static let names: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted()
    }()

    static let messagePrefix = "input-"

    /// The manifests of a case, by their paths.
    static func manifests(of name: String) -> [String] {
        let path = url.appendingPathComponent(name).path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".json") }.sorted()
            .map { "\(path)/\($0)" }
    }

    /// The record in a case's file; nil if there is none.
    static func record(_ file: String, of name: String) -> String? {
        try? String(contentsOf: url.appendingPathComponent("\(name)/\(file)"), encoding: .utf8)
    }

    static func write(_ text: String, to file: String, of name: String) throws {
        try text.write(
            to: url.appendingPathComponent("\(name)/\(file)"), atomically: true, encoding: .utf8)
    }
}
