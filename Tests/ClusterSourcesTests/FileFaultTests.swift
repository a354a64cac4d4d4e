// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import PolicyModel
import Testing

@testable import ClusterSources

/// What cannot be read is never taken for something that is not there.
struct FileFaultTests {
    private static let errors = [EMFILE, ENFILE, EIO, EACCES, ESTALE, ENOMEM]
    /// A file, a directory and the root, with what is done to each.
    private static let places: [(path: String, operation: FileFaults.Operation)] = [
        ("top/a.yaml", .status), ("top/a.yaml", .content), ("top/sub", .status),
        ("top/sub", .names), ("top/sub/deep/b.yaml", .content), ("top/sub/deep", .names),
        ("top", .status), ("top", .names),
    ]

    private static func folder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.make("top/sub/deep")
        try folder.write("top/a.yaml", Manifest.pod("x"))
        try folder.write("top/sub/deep/b.yaml", Manifest.pod("w"))
        return folder
    }

    @Test(
        "What cannot be read stays, is a problem, and counts again when it can", arguments: errors)
    func unreadable(code: Int32) throws {
        for (place, operation) in Self.places {
            for polls in [false, true] {
                let folder = try Self.folder()
                let faults = FileFaults()
                var settings = WatchSettings()
                settings.polls = polls
                var follower = SteppedFollower(
                    folder["top"], settings: settings, access: faults.access)
                #expect(follower.last.isComplete)
                faults.failing[operation] = [folder[place]: code]
                // Something to look at everything for, and something that has changed.
                try folder.write("top/a.yaml", Manifest.pod("v"))
                try folder.write("top/sub/deep/b.yaml", Manifest.pod("u"))
                try folder.make("top/new")
                try folder.remove("top/new")
                chmod(folder["top/sub"], 0o700)
                chmod(folder["top"], 0o700)
                follower.follower.needsScan = true
                follower.pass(.seconds(30))
                let name: Comment = "\(place) \(operation) \(code) \(polls)"
                #expect(follower.pods.count == 2, name)
                #expect(follower.last.isComplete, name)
                #expect(
                    follower.problems(folder).contains {
                        $0.hasPrefix("/\(place): ") && $0.contains(String(cString: strerror(code)))
                            && $0.hasSuffix("; its last content stays in force")
                    }, "\(place) \(operation) \(follower.last.problems)")
                faults.failing = [:]
                follower.pass(.seconds(5))
                #expect(follower.last.problems.isEmpty, name)
                #expect(follower.pods == ["u", "v"], name)
            }
        }
    }

    @Test("S74: Nothing is complete while something could not be read from the start")
    func unreadableAtStart() throws {
        for (place, operation) in Self.places {
            let folder = try Self.folder()
            let faults = FileFaults()
            faults.failing[operation] = [folder[place]: EIO]
            var follower = SteppedFollower(folder["top"], access: faults.access)
            follower.pass(.seconds(5))
            #expect(!follower.last.isComplete, "\(place) \(operation)")
            faults.failing = [:]
            follower.pass(.seconds(5))
            #expect(follower.last.isComplete, "\(place) \(operation)")
            #expect(follower.pods == ["w", "x"], "\(place) \(operation)")
        }
    }

    @Test("S75: Files deleted while their directory cannot be read are gone only when it can")
    func deletedMeanwhile() throws {
        let folder = try Self.folder()
        let faults = FileFaults()
        var follower = SteppedFollower(folder["top"], access: faults.access)
        faults.failing[.names] = [folder["top/sub/deep"]: EIO]
        faults.failing[.status] = [folder["top/sub/deep"]: EIO]
        follower.follower.needsScan = true
        follower.pass(.seconds(2))
        #expect(follower.last.problems.count == 1)
        try folder.remove("top/sub/deep/b.yaml")
        follower.pass(.seconds(30))
        #expect(follower.pods == ["w", "x"])
        faults.failing = [:]
        follower.pass(.seconds(5))
        #expect(follower.pods == ["x"])
        #expect(follower.last.problems.isEmpty)
    }
}
