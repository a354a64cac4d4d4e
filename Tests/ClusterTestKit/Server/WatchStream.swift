// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NIOCore
import Synchronization

/// An open watch.
///
/// It is told of events in their order, by whoever makes them; what it has been told goes out together
/// with what else waits.
final class WatchStream: Sendable {
    let resource: APIResource
    let selection: ObjectSelection
    let allowsBookmarks: Bool
    let exchange: Exchange
    /// Events up to here are not told.
    private let start: UInt64
    private let pending = Mutex(Pending())

    private struct Pending {
        var text = ""
        var isScheduled = false
        var isOver = false
    }

    init(
        of resource: APIResource, _ selection: ObjectSelection, after start: UInt64,
        allowsBookmarks: Bool, on exchange: Exchange
    ) {
        self.resource = resource
        self.selection = selection
        self.start = start
        self.allowsBookmarks = allowsBookmarks
        self.exchange = exchange
    }

    /// Tells of a change, if it concerns what is watched.
    func tell(_ event: ObjectEvent) {
        guard event.revision > start, let line = event.line(of: resource, for: selection) else {
            return
        }
        send(line)
    }

    /// Sends lines behind all that were sent before.
    func send(_ lines: String) {
        pending.withLock { pending in
            if pending.isOver { return }
            pending.text += lines
            if pending.isScheduled { return }
            pending.isScheduled = true
            exchange.channel.eventLoop.execute { self.flush() }
        }
    }

    private func flush() {
        pending.withLock { pending in
            pending.isScheduled = false
            if pending.text.isEmpty { return }
            exchange.send(pending.text)
            pending.text = ""
        }
    }

    /// Ends the watch as if its time were over.
    func end() {
        pending.withLock { pending in
            if pending.isOver { return }
            pending.isOver = true
            exchange.send(pending.text)
            pending.text = ""
            exchange.end()
        }
    }

    /// Ends the watch with an event that says why.
    func fail(_ status: APIStatus) {
        send(ObjectEvent.line("ERROR", status.text))
        end()
    }

    /// Closes the connection, perhaps within an event.
    func close(within line: String? = nil) {
        pending.withLock { $0.isOver = true }
        if let line { exchange.cut(within: line) } else { exchange.close() }
    }
}

extension WatchStream {
    /// Tells of a change once more, though perhaps it was before the watch began.
    func `repeat`(_ event: ObjectEvent) {
        if let line = event.line(of: resource, for: selection) { send(line) }
    }
}
