// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import PolicyModel
import Testing

@testable import ClusterSources

/// Real file systems, mounted and unmounted.
@Suite(.enabled(if: MountNamespace.isPossible, "needs the right to mount")) struct UnmountTests {
    @Test(
        "A path that is unmounted takes nothing with it, and counts again",
        arguments: [false, true])
    func root(polls: Bool) throws {
        try MountNamespace.run {
            let folder = try TemporaryFolder()
            try folder.make("top")
            try MountNamespace.mount(folder["top"])
            try folder.make("top/sub")
            try folder.write("top/a.yaml", Manifest.pod("x"))
            try folder.write("top/sub/b.yaml", Manifest.pod("w"))
            var settings = WatchSettings()
            settings.polls = polls
            var follower = SteppedFollower(folder["top"], settings: settings)
            try MountNamespace.unmount(folder["top"])
            follower.pass(.seconds(30))
            #expect(follower.pods == ["w", "x"])
            #expect(
                follower.problems(folder) == [
                    "/top: is another directory now, with no manifests in it; the last content "
                        + "stays in force; put the manifests there, or restart to do without them"
                ])
            try MountNamespace.mount(folder["top"])
            follower.pass(.seconds(5))
            #expect(!follower.hasRemoved)
            try folder.write("top/a.yaml", Manifest.pod("v"))
            follower.pass(.seconds(5))
            #expect(follower.pods == ["v"])
            #expect(follower.last.problems.isEmpty)
        }
    }

    @Test("The same of a directory in it, however deep", arguments: [false, true])
    func subdirectory(polls: Bool) throws {
        try MountNamespace.run {
            let folder = try TemporaryFolder()
            try folder.make("top/sub/mounted")
            try folder.write("top/a.yaml", Manifest.pod("x"))
            try MountNamespace.mount(folder["top/sub/mounted"])
            try folder.make("top/sub/mounted/deep")
            try folder.write("top/sub/mounted/b.yaml", Manifest.pod("w"))
            try folder.write("top/sub/mounted/deep/c.yaml", Manifest.pod("v"))
            var settings = WatchSettings()
            settings.polls = polls
            var follower = SteppedFollower(folder["top"], settings: settings)
            #expect(follower.pods == ["v", "w", "x"])
            try MountNamespace.unmount(folder["top/sub/mounted"])
            follower.pass(.seconds(30))
            #expect(follower.pods == ["v", "w", "x"])
            #expect(
                follower.problems(folder) == [
                    "/top/sub/mounted: is in another file system now, with no manifests in it; "
                        + "its last content stays in force; mount again what was there, or delete "
                        + "the directory to do without it"
                ])
            // Everything else goes on.
            try folder.write("top/a.yaml", Manifest.pod("u"))
            follower.pass(.seconds(2))
            #expect(follower.pods == ["u", "v", "w"])
            try MountNamespace.mount(folder["top/sub/mounted"])
            try folder.write("top/sub/mounted/b.yaml", Manifest.pod("t"))
            follower.pass(.seconds(5))
            #expect(follower.pods == ["t", "u"])
            #expect(follower.last.problems.isEmpty)
            // It is watched again.
            try folder.replace("top/sub/mounted/d.yaml", Manifest.pod("s"))
            follower.pass(polls ? .seconds(5) : .milliseconds(100))
            #expect(follower.pods == ["s", "t", "u"])
        }
    }

    @Test("An unmounted directory that is deleted is gone with all that was in it")
    func deletedAfterwards() throws {
        try MountNamespace.run {
            let folder = try TemporaryFolder()
            try folder.make("sub")
            try folder.write("a.yaml", Manifest.pod("x"))
            try MountNamespace.mount(folder["sub"])
            try folder.write("sub/b.yaml", Manifest.pod("w"))
            var follower = SteppedFollower(folder.path)
            try MountNamespace.unmount(folder["sub"])
            follower.pass(.seconds(5))
            #expect(follower.pods == ["w", "x"])
            try folder.remove("sub")
            follower.pass(.seconds(5))
            #expect(follower.pods == ["x"])
            #expect(follower.last.problems.isEmpty)
        }
    }

    @Test("What is mounted over a directory, and detached from one, gives no event and is seen")
    func withoutEvent() throws {
        try MountNamespace.run {
            let folder = try TemporaryFolder()
            try folder.make("top/sub")
            try folder.write("top/a.yaml", Manifest.pod("x"))
            try folder.write("top/sub/b.yaml", Manifest.pod("w"))
            var follower = SteppedFollower(folder["top"])
            try MountNamespace.mount(folder["top/sub"])
            follower.pass(.seconds(5))
            #expect(follower.pods == ["w", "x"])
            #expect(follower.last.problems.count == 1)
            try folder.write("top/sub/c.yaml", Manifest.pod("v"))
            follower.pass(.seconds(5))
            #expect(follower.pods == ["v", "x"])
            #expect(follower.last.problems.isEmpty)
            try MountNamespace.unmount(folder["top/sub"], detaches: true)
            follower.pass(.seconds(5))
            #expect(follower.pods == ["w", "x"])
            try MountNamespace.mount(folder["top"])
            follower.pass(.seconds(30))
            #expect(follower.pods == ["w", "x"])
            #expect(follower.last.problems.count == 1)
            try MountNamespace.unmount(folder["top"], detaches: true)
            follower.pass(.seconds(5))
            #expect(follower.pods == ["w", "x"])
            #expect(follower.last.problems.isEmpty)
        }
    }

    @Test("A bound directory that is unbound is like any other")
    func bound() throws {
        try MountNamespace.run {
            let folder = try TemporaryFolder()
            try folder.make("top/sub")
            try folder.make("source")
            try MountNamespace.mount(folder["source"])
            try folder.write("source/b.yaml", Manifest.pod("w"))
            try folder.write("top/a.yaml", Manifest.pod("x"))
            try MountNamespace.bind(folder["source"], to: folder["top/sub"])
            var follower = SteppedFollower(folder["top"])
            try MountNamespace.unmount(folder["top/sub"], detaches: true)
            follower.pass(.seconds(30))
            #expect(follower.pods == ["w", "x"])
            #expect(follower.last.problems.count == 1)
            try MountNamespace.bind(folder["source"], to: folder["top/sub"])
            follower.pass(.seconds(5))
            #expect(follower.last.problems.isEmpty)
            #expect(!follower.hasRemoved)
        }
    }

    @Test("On a full disk a manifest that is cut short leaves the last one in force")
    func diskFull() throws {
        try MountNamespace.run {
            let folder = try TemporaryFolder()
            try MountNamespace.mount(folder.path, options: "size=64k")
            try folder.write("a.yaml", Manifest.pod("x"))
            var follower = SteppedFollower(folder.path)
            // Larger than the disk, and cut in the midst of a document.
            let text = (0..<2_000).map { Manifest.pod("p\($0)") }.joined()
            let file = try #require(fopen(folder["a.yaml"], "w"))
            let written = text.utf8CString.withUnsafeBytes {
                fwrite($0.baseAddress, 1, $0.count, file)
            }
            #expect(fclose(file) != 0 || written < text.utf8.count)
            follower.pass(.seconds(5))
            #expect(follower.pods == ["x"])
            #expect(follower.last.problems.count == 1)
            try folder.write("a.yaml", Manifest.pod("w"))
            follower.pass(.seconds(5))
            #expect(follower.pods == ["w"])
            #expect(follower.last.problems.isEmpty)
        }
    }
}
