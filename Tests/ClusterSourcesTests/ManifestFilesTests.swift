// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import Testing

@Suite struct ManifestFilesTests {
    /// A folder that is gone at the end.
    private final class Folder {
        let path: String

        init() throws {
            let url = FileManager.default.temporaryDirectory
                .appendingPathComponent("sluice-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            path = url.path
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ name: String, _ text: String = "x") throws {
            let url = URL(fileURLWithPath: "\(path)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: true, encoding: .utf8)
        }
    }

    @Test("A directory: manifests at any depth in order of name, hidden ones and others left out")
    func directory() throws {
        let folder = try Folder()
        for name in ["b.yml", "a.yaml", "sub/c.json", "notes.txt", ".hidden.yaml", ".git/d.yaml"] {
            try folder.write(name)
        }
        // As a mounted ConfigMap has it.
        try folder.write("..data/e.yaml")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/e.yaml", withDestinationPath: "..data/e.yaml")
        let files = ManifestFiles(reading: [folder.path])
        #expect(
            files.sources.map { $0.name.dropFirst(folder.path.count + 1) }
                == ["a.yaml", "b.yml", "e.yaml", "sub/c.json"])
        #expect(files.problems.isEmpty)
    }

    @Test("What cannot be read is a problem, and the rest is read all the same")
    func problems() throws {
        let folder = try Folder()
        try folder.write("a.yaml")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/gone.yaml", withDestinationPath: "nowhere")
        let files = ManifestFiles(reading: ["\(folder.path)/missing.yaml", folder.path])
        #expect(files.sources.count == 1)
        #expect(files.problems.map(\.message) == ["does not exist", "is a link to nothing"])
    }

    @Test("A link to a directory is followed once, so that no circle is")
    func circle() throws {
        let folder = try Folder()
        try folder.write("a.yaml")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/again", withDestinationPath: folder.path)
        #expect(ManifestFiles(reading: [folder.path]).sources.count == 1)
    }

    @Test("A file that is named is read whatever it is called")
    func named() throws {
        let folder = try Folder()
        try folder.write("policies")
        #expect(ManifestFiles(reading: ["\(folder.path)/policies"]).sources.count == 1)
    }
}
