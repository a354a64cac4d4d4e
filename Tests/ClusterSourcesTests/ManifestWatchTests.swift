// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import Glibc
import PolicyModel
import PolicyTestKit
import Testing

/// In these tests something is waited for, or, where nothing should happen, a later change is made
/// and seen to come alone.
@Suite(.timeLimit(.minutes(1))) struct ManifestWatchTests {
    @Test("S75: An empty directory is an empty cluster, and complete")
    func emptyDirectory() async throws {
        let folder = try TemporaryFolder()
        let watched = try await WatchedFolder(folder.path)
        #expect(watched.last.isComplete)
        #expect(watched.last.problems.isEmpty)
        #expect(watched.state == ClusterState(tiers: Tier.builtIn))
    }

    @Test("Files that are renamed into place, replaced and deleted")
    func renamed() async throws {
        let folder = try TemporaryFolder()
        try folder.write("keep.yaml", Manifest.pod("keep"))
        try folder.write("notes.txt", "no manifest")
        let watched = try await WatchedFolder(folder.path)
        #expect(watched.pods == ["keep"])
        try folder.replace("a.yaml", Manifest.pod("x"))
        await watched.next()
        #expect(watched.pods == ["keep", "x"])
        try folder.replace("a.yaml", Manifest.pod("w"))
        await watched.next()
        #expect(watched.pods == ["keep", "w"])
        try folder.move("a.yaml", "b.yaml")
        try folder.write("c.yaml", Manifest.pod("v"))
        await watched.next()
        #expect(watched.pods == ["keep", "v", "w"])
        #expect(watched.last.changes.count == 1)
        try folder.remove("b.yaml")
        await watched.next()
        #expect(watched.pods == ["keep", "v"])
        #expect(watched.last.problems.isEmpty)
        #expect(watched.last.objectCount["Pod"] == 2)
    }

    @Test("A file that is being written is read when it is closed", arguments: [true, false])
    func halfWritten(isNew: Bool) async throws {
        let folder = try TemporaryFolder()
        try folder.write("keep.yaml", Manifest.pod("keep"))
        if !isNew { try folder.write("a.yaml", Manifest.pod("old")) }
        var settings = WatchedFolder.quick
        settings.openFile = .seconds(60)
        let watched = try await WatchedFolder(folder.path, settings: settings)
        let handle = try #require(fopen(folder["a.yaml"], "w"))
        fputs(Manifest.pod("x"), handle)
        fflush(handle)
        // Something else, to see that the half was not read.
        try folder.write("b.yaml", Manifest.pod("v"))
        await watched.next()
        #expect(watched.pods == (isNew ? ["keep", "v"] : ["keep", "old", "v"]))
        fputs(Manifest.pod("w"), handle)
        fclose(handle)
        await watched.next()
        #expect(watched.pods == ["keep", "v", "w", "x"])
        #expect(watched.last.problems.isEmpty)
    }

    @Test("A file that stays open is read when it is not written to any more")
    func staysOpen() async throws {
        let folder = try TemporaryFolder()
        let watched = try await WatchedFolder(folder.path)
        let handle = try #require(fopen(folder["a.yaml"], "w"))
        defer { fclose(handle) }
        fputs(Manifest.pod("x"), handle)
        fflush(handle)
        await watched.next()
        #expect(watched.pods == ["x"])
    }

    @Test("S74: A file that becomes bad or empty keeps its objects until it is good")
    func badFile() async throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", Manifest.pod("x"))
        let watched = try await WatchedFolder(folder.path)
        try folder.replace("a.yaml", "")
        await watched.next()
        #expect(watched.problems(folder).first?.contains("is empty now") ?? false)
        #expect(watched.last.isComplete)
        try folder.replace("a.yaml", "kind: [")
        await watched.next()
        #expect(watched.last.problems.count == 1)
        try folder.replace("a.yaml", Manifest.pod("w"))
        await watched.next()
        #expect(watched.last.problems.isEmpty)
        #expect(watched.pods == ["w"])
    }

    @Test("S74: Nothing is complete while a file has never been good")
    func incomplete() async throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", Manifest.pod("x"))
        try folder.write("b.yaml", "kind: [")
        let watched = try await WatchedFolder(folder.path)
        #expect(!watched.last.isComplete)
        #expect(watched.pods == ["x"])
        try folder.replace("b.yaml", Manifest.pod("w"))
        await watched.next()
        #expect(watched.last.isComplete)
        try folder.replace("c.yaml", "kind: [")
        await watched.next()
        #expect(watched.last.isComplete)
        #expect(watched.last.problems.count == 1)
    }

    @Test("A mounted ConfigMap changes as a whole, by a link that is swapped")
    func configMap() async throws {
        let folder = try TemporaryFolder()
        try folder.make("..1")
        try folder.write("..1/a.yaml", Manifest.pod("x"))
        try folder.write("..1/b.yaml", Manifest.pod("w"))
        try folder.link("..data", to: "..1")
        for name in ["a.yaml", "b.yaml"] { try folder.link(name, to: "..data/\(name)") }
        let watched = try await WatchedFolder(folder.path)
        #expect(watched.pods == ["w", "x"])
        // An object moves from one file to the other, and a third appears.
        try folder.make("..2")
        try folder.write("..2/a.yaml", Manifest.pod("w"))
        try folder.write("..2/b.yaml", Manifest.pod("x"))
        try folder.write("..2/c.yaml", Manifest.pod("v"))
        try folder.link("..data_tmp", to: "..2")
        try folder.move("..data_tmp", "..data")
        try folder.link("c.yaml", to: "..data/c.yaml")
        try folder.remove("..1")
        await watched.until { $0.pods == ["v", "w", "x"] }
        #expect(!watched.hasRemoved)
        #expect(watched.last.problems.isEmpty)
    }

    @Test("What a link leads to may change in place, or be replaced")
    func linkTarget() async throws {
        let folder = try TemporaryFolder()
        let elsewhere = try TemporaryFolder()
        try elsewhere.write("target", Manifest.pod("x"))
        try folder.link("a.yaml", to: elsewhere["target"])
        let watched = try await WatchedFolder(folder.path)
        try elsewhere.write("target", Manifest.pod("x") + Manifest.pod("w"))
        await watched.until { $0.pods == ["w", "x"] }
        try elsewhere.replace("target", Manifest.pod("v"))
        await watched.until { $0.pods == ["v"] }
        #expect(watched.last.problems.isEmpty)
    }

    @Test("A new subdirectory is read and watched, with those in it, and one moved away is gone")
    func subdirectory() async throws {
        let folder = try TemporaryFolder()
        let elsewhere = try TemporaryFolder()
        try folder.write("keep.yaml", Manifest.pod("keep"))
        let watched = try await WatchedFolder(folder.path)
        try folder.make("one/two")
        try folder.write("one/two/a.yaml", Manifest.pod("x"))
        await watched.until { $0.pods == ["keep", "x"] }
        try folder.replace("one/two/b.yaml", Manifest.pod("w"))
        await watched.until { $0.pods == ["keep", "w", "x"] }
        try folder.move("one", "three")
        try folder.write("three/two/c.yaml", Manifest.pod("v"))
        await watched.until { $0.pods == ["keep", "v", "w", "x"] }
        #expect(!watched.hasRemoved)
        #expect(rename(folder["three"], elsewhere["three"]) == 0)
        await watched.until { $0.pods == ["keep"] }
        try elsewhere.replace("three/two/c.yaml", Manifest.pod("u"))
        try folder.write("d.yaml", Manifest.pod("t"))
        await watched.next()
        #expect(watched.pods == ["keep", "t"])
        #expect(watched.last.problems.isEmpty)
    }

    @Test("Links that lead in circles are followed once")
    func circle() async throws {
        let folder = try TemporaryFolder()
        try folder.make("sub")
        try folder.write("sub/a.yaml", Manifest.pod("x"))
        try folder.link("sub/up", to: "..")
        let watched = try await WatchedFolder(folder.path)
        #expect(watched.pods == ["x"])
        try folder.link("again", to: "sub")
        try folder.replace("sub/b.yaml", Manifest.pod("w"))
        await watched.until { $0.pods == ["w", "x"] }
        try folder.remove("again")
        try folder.replace("sub/b.yaml", Manifest.pod("v"))
        await watched.until { $0.pods == ["v", "x"] }
        #expect(watched.last.problems.isEmpty)
    }

    @Test("A pipe is a problem, and nobody waits for its writer")
    func pipe() async throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", Manifest.pod("x"))
        #expect(mkfifo(folder["b.yaml"], 0o600) == 0)
        let watched = try await WatchedFolder(folder.path)
        #expect(watched.problems(folder) == ["/b.yaml: is not a regular file"])
        #expect(!watched.last.isComplete)
        try folder.remove("b.yaml")
        await watched.next()
        #expect(watched.last.isComplete)
    }

    @Test("A thousand files at once come in few updates")
    func burst() async throws {
        let folder = try TemporaryFolder()
        let watched = try await WatchedFolder(folder.path)
        for number in 0..<1_000 {
            try folder.write("\(number).yaml", Manifest.namespace("n\(number)"))
        }
        var updates = 0
        while watched.state.namespaces.count < 1_000, await watched.next() { updates += 1 }
        #expect(updates < 100)
        #expect(watched.last.problems.isEmpty)
        #expect(!watched.hasRemoved)
    }

    @Test("The descriptors are closed when the stream ends, and the stream ends when told to")
    func stop() async throws {
        let folder = try TemporaryFolder()
        let watched = try await WatchedFolder(folder.path)
        watched.watch.stop()
        watched.watch.stop()
        #expect(await !watched.next())
        let inode =
            try FileManager.default.attributesOfItem(atPath: folder.path)[
                .systemFileNumber] as? UInt64
        #expect(!Self.watchedInodes().contains(try #require(inode)))
    }

    @Test("The watch stops when its consumer is cancelled")
    func cancel() async throws {
        let folder = try TemporaryFolder()
        let watch = try ManifestWatch([folder.path])
        let inode = try #require(
            try FileManager.default.attributesOfItem(atPath: folder.path)[.systemFileNumber]
                as? UInt64)
        let consumer = Task { for await _ in watch.updates {} }
        while !Self.watchedInodes().contains(inode) { try await Task.sleep(for: .milliseconds(5)) }
        consumer.cancel()
        await consumer.value
        while Self.watchedInodes().contains(inode) { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// The inodes that this process watches, as /proc/self/fdinfo lists them.
    private static func watchedInodes() -> Set<UInt64> {
        let folder = "/proc/self/fdinfo"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var inodes: Set<UInt64> = []
        for name in names {
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else {
                continue
            }
            for word in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            where word.hasPrefix("ino:") {
                if let inode = UInt64(word.dropFirst(4), radix: 16) { inodes.insert(inode) }
            }
        }
        return inodes
    }
}
