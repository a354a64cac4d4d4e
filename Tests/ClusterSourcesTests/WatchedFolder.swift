// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import PolicyModel
import PolicyTestKit

/// A watch in a test, and what its updates have led to.
final class WatchedFolder {
    let watch: ManifestWatch
    private var updates: AsyncStream<SourceUpdate>.Iterator
    private(set) var state = ClusterState.nothing
    /// The newest update.
    private(set) var last = SourceUpdate(changes: [], isComplete: false)
    /// All changes so far, in order.
    private(set) var changes: [ClusterChange] = []

    /// Times that make tests quick.
    static var quick: WatchSettings {
        var settings = WatchSettings()
        settings.openFile = .milliseconds(250)
        settings.suspicion = .milliseconds(250)
        settings.retry = .milliseconds(100)
        return settings
    }

    /// - Parameter paths: Files and directories to watch.
    init(_ paths: String..., settings: WatchSettings = quick) async throws {
        watch = try ManifestWatch(paths, settings: settings)
        updates = watch.updates.makeAsyncIterator()
        await next()
    }

    deinit { watch.stop() }

    /// Waits for the next update; false if there is none any more.
    @discardableResult
    func next() async -> Bool {
        guard let update = await updates.next(isolation: #isolation) else { return false }
        state.apply(update.changes)
        changes += update.changes
        last = update
        return true
    }

    /// Takes updates until a condition holds. A test that waits in vain hits its time limit.
    func until(
        _ condition: (WatchedFolder) -> Bool
    ) async {
        while !condition(self) {
            guard await next() else { return }
        }
    }

    /// The names of the pods.
    var pods: [String] { state.endpoints.map(\.id.name).sorted() }

    /// The texts of the problems, without the path of the folder.
    func problems(_ folder: TemporaryFolder) -> [String] {
        last.problems.map { $0.text.replacingOccurrences(of: folder.path, with: "") }
    }

    /// Whether anything was ever removed.
    var hasRemoved: Bool {
        changes.contains {
            switch $0 {
            case .namespace(_, nil), .node(_, nil), .endpoint(_, nil), .policy(_, nil): true
            default: false
            }
        }
    }
}
