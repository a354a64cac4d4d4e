// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import PolicyModel
import Testing

@testable import ClusterSources

/// Events that are lost or cannot be had only make changes come later.
struct WatchFaultTests {
    @Test("When the kernel's queue of events was full, everything is looked at")
    func overflow() throws {
        let folder = try TemporaryFolder()
        try folder.make("sub")
        try folder.write("sub/a.yaml", Manifest.pod("x"))
        try folder.write("sub/b.yaml", Manifest.pod("w"))
        try folder.write("c.txt", "")
        var follower = SteppedFollower(folder.path)
        let limit = try String(
            contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8)
        let count = try #require(Int(limit.trimmingCharacters(in: .whitespacesAndNewlines)))
        // Each of them gives two events.
        for _ in 0...count / 4 {
            try folder.move("c.txt", "d.txt")
            try folder.move("d.txt", "c.txt")
        }
        try folder.replace("sub/a.yaml", Manifest.pod("v"))
        try folder.remove("sub/b.yaml")
        try folder.make("new")
        try folder.write("new/c.yaml", Manifest.pod("u"))
        follower.pass(.seconds(2))
        #expect(follower.hasOverflowed)
        #expect(follower.pods == ["u", "v"])
        #expect(follower.last.problems.isEmpty)
        // What is new is watched.
        try folder.replace("new/c.yaml", Manifest.pod("t"))
        follower.pass(.milliseconds(100))
        #expect(follower.pods == ["t", "v"])
    }

    @Test("Without watches for a directory, all files are looked at every second, until there are")
    func outOfWatches() throws {
        let folder = try TemporaryFolder()
        try folder.make("sub")
        try folder.write("a.yaml", Manifest.pod("x"))
        try folder.write("sub/b.yaml", Manifest.pod("w"))
        let faults = FileFaults()
        faults.refusals[folder["sub"]] = ENOSPC
        var follower = SteppedFollower(folder.path, access: faults.access)
        #expect(follower.pods == ["w", "x"])
        #expect(follower.last.isComplete)
        #expect(
            follower.problems(folder) == [
                "/sub: cannot be watched: No space left on device; all files are looked at every "
                    + "1.0 seconds instead; raise fs.inotify.max_user_watches with sysctl"
            ])
        try folder.replace("sub/b.yaml", Manifest.pod("v"))
        try folder.replace("sub/c.yaml", Manifest.pod("u"))
        follower.pass(.seconds(3))
        #expect(follower.pods == ["u", "v", "x"])
        try folder.remove("sub/c.yaml")
        follower.pass(.seconds(3))
        #expect(follower.pods == ["v", "x"])
        faults.refusals = [:]
        follower.pass(.seconds(3))
        #expect(follower.last.problems.isEmpty)
        try folder.replace("sub/b.yaml", Manifest.pod("t"))
        follower.pass(.milliseconds(100))
        #expect(follower.pods == ["t", "x"])
    }

    @Test("Without any watches the same", arguments: [EMFILE, ENFILE, ENOMEM, ENOSYS])
    func withoutWatches(code: Int32) throws {
        let folder = try TemporaryFolder()
        try folder.write("a.yaml", Manifest.pod("x"))
        try folder.write("b.yaml", Manifest.pod("w"))
        let faults = FileFaults()
        faults.watchless = code
        var follower = SteppedFollower(folder.path, access: faults.access)
        #expect(follower.last.isComplete)
        #expect(follower.last.problems.count == 1)
        try folder.replace("a.yaml", Manifest.pod("v"))
        try folder.remove("b.yaml")
        follower.pass(.seconds(3))
        #expect(follower.pods == ["v"])
        faults.watchless = 0
        follower.pass(.seconds(3))
        #expect(follower.last.problems.isEmpty)
        try folder.replace("a.yaml", Manifest.pod("u"))
        follower.pass(.milliseconds(100))
        #expect(follower.pods == ["u"])
    }

    @Test("A link to nothing is followed when there is something, whatever that is")
    func lateTarget() throws {
        let folder = try TemporaryFolder()
        let elsewhere = try TemporaryFolder()
        try folder.link("one", to: elsewhere["one"])
        try folder.link("b.yaml", to: folder["two"])
        try folder.write("keep.yaml", Manifest.pod("keep"))
        var follower = SteppedFollower(folder.path)
        #expect(follower.problems(folder) == ["/b.yaml: is a link to nothing"])
        try elsewhere.make("one")
        try elsewhere.write("one/a.yaml", Manifest.pod("x"))
        try folder.make("two")
        follower.pass(.seconds(2))
        #expect(follower.pods == ["keep", "x"])
        #expect(follower.last.problems.isEmpty)
        #expect(follower.last.isComplete)
    }

    @Test("A link further up the path of what was named, or of a link's target, may be swapped")
    func swappedFurtherUp() throws {
        let folder = try TemporaryFolder()
        for (version, pod) in [("1", "x"), ("2", "w")] {
            try folder.make("\(version)/manifests")
            try folder.write("\(version)/manifests/a.yaml", Manifest.pod(pod))
            try folder.write("\(version)/b", Manifest.pod(pod + "b"))
        }
        try folder.make("top")
        try folder.link("current", to: "1")
        try folder.link("top/b.yaml", to: "../current/b")
        var follower = SteppedFollower(folder["current/manifests"], folder["top"])
        #expect(follower.pods == ["x", "xb"])
        try folder.link("next", to: "2")
        try folder.move("next", "current")
        follower.pass(.seconds(5))
        #expect(follower.pods == ["w", "wb"])
        #expect(follower.last.problems.isEmpty)
    }
}
