// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import PolicyModel

/// Follows manifests in files and directories, and says what changes.
///
/// ```swift
/// let watch = try ManifestWatch(["/etc/sluice/manifests"])
/// for await update in watch.updates { … }
/// ```
///
/// Directories are read at any depth, as ``ManifestFiles`` does it. The kernel reports what changes
/// in them (inotify); where it cannot, everything is looked at again every second, and a problem
/// says so. A file counts when it is closed or renamed into place, so that it is best written under
/// another name and renamed.
///
/// What cannot be read stays as it last was. Files that are deleted take their objects with them;
/// a path that was named and is gone does not, and neither does one that is replaced by an empty
/// directory. The removal of all files of a path waits for ``WatchSettings/suspicion``, to see
/// whether it is the path that goes.
public final class ManifestWatch: Sendable {
    /// The first update comes when everything has been read, further ones when something has
    /// changed. It is for one consumer, and ends with ``stop()``. When the consumer ends or is
    /// cancelled, the watch stops.
    public let updates: AsyncStream<SourceUpdate>
    private let signal: StopSignal

    /// Starts to read and watch.
    ///
    /// - Parameters:
    ///   - paths: Files, whatever their names, and directories; those that do not exist are
    ///     problems until they do.
    ///   - defaultNamespace: The namespace of objects that name none.
    /// - Throws: ``WatchError`` if the process has no descriptors left.
    public init(
        _ paths: [String], defaultNamespace: String = "default",
        settings: WatchSettings = WatchSettings()
    ) throws(WatchError) {
        guard let signal = StopSignal() else {
            throw WatchError(
                reason: "no pipe to stop the watch with: \(String(cString: strerror(errno)))")
        }
        self.signal = signal
        let (stream, continuation) = AsyncStream<SourceUpdate>.makeStream()
        updates = stream
        continuation.onTermination = { _ in signal.give() }
        let thread = Thread {
            Self.follow(
                ManifestFollower(
                    paths, defaultNamespace: defaultNamespace, settings: settings, now: .now),
                until: signal, continuation)
            continuation.finish()
        }
        thread.name = "manifests"
        // As much as the main thread has: documents may be nested deeply.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Ends ``updates``. What is being read is read to its end first.
    public func stop() { signal.give() }

    /// Runs until the signal is given; closes all descriptors before it returns.
    private static func follow(
        _ follower: consuming ManifestFollower, until signal: StopSignal,
        _ continuation: AsyncStream<SourceUpdate>.Continuation
    ) {
        var follower = follower
        var isFirst = true
        while true {
            let deadline = isFirst ? ContinuousClock.now : follower.nextDeadline
            isFirst = false
            var waits = [pollfd(fd: signal.descriptor, events: Int16(POLLIN), revents: 0)]
            if let watches = follower.watches {
                waits.append(pollfd(fd: watches.descriptor, events: Int16(POLLIN), revents: 0))
            }
            _ = poll(&waits, nfds_t(waits.count), milliseconds(until: deadline))
            if waits[0].revents != 0 { return }
            if waits.count > 1, waits[1].revents != 0, let events = follower.watches?.events() {
                follower.note(events, at: .now)
            }
            if let update = follower.work(at: .now) { continuation.yield(update) }
        }
    }

    /// Rounded up, so that the deadline is past afterwards; -1 for ever.
    private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
        guard let deadline else { return -1 }
        let (seconds, attoseconds) = (deadline - .now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1)
    }
}

/// Why nothing can be watched.
public struct WatchError: Error, CustomStringConvertible {
    /// What failed, and why.
    public var reason: String

    /// ``reason``.
    public var description: String { reason }
}
