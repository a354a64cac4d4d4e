// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

@testable import ClusterSources

/// A follower in a test that does nothing unless it is told that time has passed: what happens in
/// between has happened before it could look.
struct SteppedFollower {
    var follower: ManifestFollower
    private(set) var state = ClusterState.nothing
    /// The newest update.
    private(set) var last = SourceUpdate(changes: [], isComplete: false)
    private(set) var hasRemoved = false
    /// Whether the kernel ever said that events are missing.
    private(set) var hasOverflowed = false
    private var now = ContinuousClock.now

    /// Looks at what there is, with the usual times unless told otherwise.
    init(
        _ paths: String..., settings: WatchSettings = WatchSettings(),
        access: FileAccess = FileAccess()
    ) {
        follower = ManifestFollower(
            paths, defaultNamespace: "default", settings: settings, now: now, access: access)
        pass(.zero)
    }

    /// Lets so much time pass, with all events that the kernel has.
    mutating func pass(_ duration: Duration) {
        let end = now + duration
        while true {
            while let events = follower.watches?.events(), !events.isEmpty {
                if events.contains(where: \.isOverflow) { hasOverflowed = true }
                follower.note(events, at: now)
            }
            if let update = follower.work(at: now) { take(update) }
            if now >= end { return }
            now = min(end, max(now + .milliseconds(1), follower.nextDeadline ?? end))
        }
    }

    private mutating func take(_ update: SourceUpdate) {
        state.apply(update.changes)
        last = update
        for change in update.changes {
            switch change {
            case .namespace(_, nil), .node(_, nil), .endpoint(_, nil), .policy(_, nil):
                hasRemoved = true
            default: break
            }
        }
    }

    /// The names of the pods.
    var pods: [String] { state.endpoints.map(\.id.name).sorted() }

    /// The texts of the problems, without the path of the folder.
    func problems(_ folder: TemporaryFolder) -> [String] {
        last.problems.map { $0.text.replacing(folder.path, with: "") }
    }
}
