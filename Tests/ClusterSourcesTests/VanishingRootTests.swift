// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import Glibc
import PolicyModel
import PolicyTestKit
import Testing

/// What is gone, and what only seems so.
@Suite(.timeLimit(.minutes(1))) struct VanishingRootTests {
    @Test("A directory that is deleted takes nothing with it, and counts again when it is back")
    func vanished() async throws {
        let folder = try TemporaryFolder()
        try folder.make("top/sub")
        try folder.write("top/a.yaml", Manifest.pod("x"))
        try folder.write("top/sub/b.yaml", Manifest.pod("w"))
        let watched = try await WatchedFolder(folder["top"])
        try folder.remove("top")
        await watched.until { !$0.last.problems.isEmpty }
        #expect(
            watched.problems(folder) == ["/top: is gone; its last content stays in force"])
        #expect(!watched.hasRemoved)
        try folder.make("top")
        await watched.until {
            $0.problems(folder).first?.contains("another directory") ?? false
        }
        try folder.replace("top/a.yaml", Manifest.pod("v"))
        await watched.until { $0.pods == ["v"] && $0.last.problems.isEmpty }
        try folder.replace("top/c.yaml", Manifest.pod("u"))
        await watched.until { $0.pods == ["u", "v"] }
        #expect(watched.last.isComplete)
    }

    @Test("A directory that is moved away and back is what it was")
    func movedAway() async throws {
        let folder = try TemporaryFolder()
        try folder.make("top")
        try folder.write("top/a.yaml", Manifest.pod("x"))
        let watched = try await WatchedFolder(folder["top"])
        try folder.move("top", "elsewhere")
        await watched.until { !$0.last.problems.isEmpty }
        try folder.move("elsewhere", "top")
        await watched.until { $0.last.problems.isEmpty }
        try folder.write("top/b.yaml", Manifest.pod("w"))
        await watched.until { $0.pods == ["w", "x"] }
        #expect(!watched.hasRemoved)
    }

    @Test("All files deleted: their removal waits, and is carried out if the directory stays")
    func allFiles() async throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", Manifest.pod("x"))
        let watched = try await WatchedFolder(folder.path)
        let start = ContinuousClock.now
        try folder.remove("a.yaml")
        await watched.next()
        #expect(watched.pods.isEmpty)
        #expect(watched.last.isComplete)
        #expect(ContinuousClock.now - start >= WatchedFolder.quick.suspicion)
    }

    @Test("A slow deletion of everything: files first, the directory later")
    func slowDeletion() throws {
        let folder = try TemporaryFolder()
        try folder.make("top")
        for number in 0..<20 {
            try folder.write("top/\(number).yaml", Manifest.pod("p\(number)"))
        }
        var follower = SteppedFollower(folder["top"])
        for number in 0..<20 { try folder.remove("top/\(number).yaml") }
        follower.pass(.milliseconds(60))
        try folder.remove("top")
        follower.pass(.seconds(30))
        #expect(
            follower.problems(folder) == ["/top: is gone; its last content stays in force"])
        #expect(!follower.hasRemoved)
    }

    @Test("A directory that a file replaces is a problem, and its content stays")
    func replacedByFile() async throws {
        let folder = try TemporaryFolder()
        try folder.make("top")
        try folder.write("top/a.yaml", Manifest.pod("x"))
        let watched = try await WatchedFolder(folder["top"])
        try folder.move("top", "aside")
        try folder.write("top", "nonsense")
        await watched.until {
            $0.problems(folder) == [
                "/top: is no directory any longer; its last content stays in force"
            ]
        }
        try folder.remove("top")
        try folder.move("aside", "top")
        await watched.until { $0.last.problems.isEmpty }
        #expect(!watched.hasRemoved)
    }

    @Test("A path that does not exist at the start keeps everything incomplete until it does")
    func missingAtStart() async throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", Manifest.pod("x"))
        let watched = try await WatchedFolder(folder["later"], folder["a.yaml"])
        #expect(watched.problems(folder) == ["/later: does not exist"])
        #expect(!watched.last.isComplete)
        #expect(watched.pods == ["x"])
        try folder.make("later")
        await watched.until { $0.last.isComplete }
        #expect(watched.last.problems.isEmpty)
    }

    @Test("A single file is followed through renames, and stays in force when it is deleted")
    func singleFile() async throws {
        let folder = try TemporaryFolder()
        try folder.write("policies", Manifest.pod("x"))
        let watched = try await WatchedFolder(folder["policies"])
        try folder.replace("policies", Manifest.pod("w"))
        await watched.until { $0.pods == ["w"] }
        try folder.write("policies", Manifest.pod("v"))
        await watched.until { $0.pods == ["v"] }
        try folder.remove("policies")
        await watched.until { !$0.last.problems.isEmpty }
        #expect(watched.pods == ["v"])
        try folder.write("policies", Manifest.pod("u"))
        await watched.until { $0.pods == ["u"] && $0.last.problems.isEmpty }
    }

    @Test("A directory named by a link follows the link")
    func swappedLink() async throws {
        let folder = try TemporaryFolder()
        for (version, pod) in [("1", "x"), ("2", "w")] {
            try folder.make(version)
            try folder.write("\(version)/a.yaml", Manifest.pod("same"))
            try folder.write("\(version)/\(pod).yaml", Manifest.pod(pod))
        }
        try folder.link("current", to: "1")
        let watched = try await WatchedFolder(folder["current"])
        #expect(watched.pods == ["same", "x"])
        try folder.link("next", to: "2")
        try folder.move("next", "current")
        await watched.next()
        #expect(watched.pods == ["same", "w"])
        #expect(watched.last.changes.count == 2)
        try folder.replace("2/b.yaml", Manifest.pod("v"))
        await watched.until { $0.pods == ["same", "v", "w"] }
    }

    @Test("A link to nothing keeps what it led to")
    func dangling() async throws {
        let folder = try TemporaryFolder()
        try folder.make("top")
        try folder.write("target", Manifest.pod("x"))
        try folder.link("top/a.yaml", to: "../target")
        try folder.write("top/b.yaml", Manifest.pod("w"))
        let watched = try await WatchedFolder(folder["top"])
        try folder.remove("target")
        await watched.until {
            $0.problems(folder) == [
                "/top/a.yaml: is a link to nothing; its last content stays in force"
            ]
        }
        #expect(watched.pods == ["w", "x"])
        try folder.write("target", Manifest.pod("v"))
        await watched.until { $0.pods == ["v", "w"] && $0.last.problems.isEmpty }
        try folder.remove("top/a.yaml")
        await watched.until { $0.pods == ["w"] }
    }
}
