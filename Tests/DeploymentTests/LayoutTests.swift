// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NodeAgent
import PolicyTestKit
import Testing

/// The packed image, read as the specification of OCI's image layout has it.
@Suite("The image, packed", .needsLayout) struct LayoutTests {
    private struct Descriptor: Decodable {
        var mediaType: String
        var digest: String
        var size: Int
        var annotations: [String: String]?
    }

    private struct Index: Decodable {
        var schemaVersion: Int
        var manifests: [Descriptor]
    }

    private struct Manifest: Decodable {
        var config: Descriptor
        var layers: [Descriptor]
    }

    private struct Configuration: Decodable {
        struct Execution: Decodable {
            enum CodingKeys: String, CodingKey {
                case user = "User"
                case entrypoint = "Entrypoint"
                case command = "Cmd"
            }

            var user: String
            var entrypoint: [String]
            var command: [String]
        }
        struct RootFilesystem: Decodable {
            enum CodingKeys: String, CodingKey { case digests = "diff_ids" }

            var digests: [String]
        }

        var os: String
        var config: Execution
        var rootfs: RootFilesystem
    }

    private let folder: URL

    init() throws { folder = try #require(ImageTree.packed) }

    @Test("every digest and size is that of what it names")
    func digests() throws {
        let index = try decode(Index.self, from: folder.appendingPathComponent("index.json"))
        #expect(index.schemaVersion == 2)
        let entry = try #require(index.manifests.first)
        #expect(
            entry.annotations?["org.opencontainers.image.ref.name"] == SluiceVersion.current)
        let manifest = try decode(Manifest.self, from: try checked(entry))
        let configuration = try decode(Configuration.self, from: try checked(manifest.config))
        #expect(configuration.os == "linux" && configuration.config.user == "0:0")
        #expect(configuration.config.entrypoint == ["/usr/bin/sluice"])
        #expect(configuration.config.command == ["agent"])

        let layer = try checked(try #require(manifest.layers.first))
        let contents = try shell("gzip -dc '\(layer.path)' | sha256sum")
        #expect(
            configuration.rootfs.digests == ["sha256:\(contents.prefix { $0 != " " })"])
        #expect(manifest.layers.count == 1)
    }

    @Test("the layer has the files that were tried, and root owns them")
    func layer() throws {
        let index = try decode(Index.self, from: folder.appendingPathComponent("index.json"))
        let manifest = try decode(
            Manifest.self, from: try checked(try #require(index.manifests.first)))
        let layer = try checked(try #require(manifest.layers.first))
        let lines = try shell("tar --numeric-owner -tvzf '\(layer.path)'").split(separator: "\n")
        #expect(lines.allSatisfy { $0.contains(" 0/0 ") })
        let files = lines.filter { $0.hasPrefix("-") }
            .compactMap { $0.split(separator: " ").last.map { String($0.dropFirst(2)) } }
        #expect(try files.sorted() == ImageTree.staged?.files())
    }

    private func decode<Value: Decodable>(_ type: Value.Type, from url: URL) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: url))
    }

    /// The file that a descriptor names, if it is the one.
    private func checked(_ descriptor: Descriptor) throws -> URL {
        let digest = descriptor.digest.dropFirst("sha256:".count)
        let url = folder.appendingPathComponent("blobs/sha256/\(digest)")
        #expect(try shell("sha256sum '\(url.path)'").hasPrefix(digest))
        let size = try FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int
        #expect(size == descriptor.size)
        return url
    }

    private func shell(_ command: String) throws -> String {
        let ending = try ChildProcess(arguments: ["sh", "-c", command]).finish()
        try #require(ending.exitCode == 0, "\(ending.errors)")
        return ending.output
    }
}

extension Trait where Self == ConditionTrait {
    /// Leaves a test out, with a message that says why, where no image is packed.
    fileprivate static var needsLayout: ConditionTrait {
        .enabled(
            if: ImageTree.packed != nil && ImageTree.staged != nil,
            "these run by Tools/image --oci FOLDER --test")
    }
}
