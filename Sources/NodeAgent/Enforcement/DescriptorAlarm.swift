// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

@preconcurrency import Dispatch
import Synchronization

/// Tells when a descriptor has become readable, and then not again before it is asked to, so that a
/// neighbour who changes his tables without pause wakes the agent only a few times a second.
final class DescriptorAlarm: Sendable {
    /// The shortest time between two alarms.
    private static let pause = DispatchTimeInterval.milliseconds(50)

    private let queue = DispatchQueue(label: "sluice.alarm")
    private let source: any DispatchSourceRead
    /// A source must not be let go while it is suspended.
    private let isSuspended = Mutex(false)

    /// Begins to watch.
    ///
    /// - Parameter ring: is called from another thread.
    init(descriptor: Int32, ring: @escaping @Sendable () -> Void) {
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler { [weak self] in
            self?.suspend()
            ring()
        }
        source.activate()
    }

    /// Watches again, after what was there to read has been read.
    func rearm() {
        queue.asyncAfter(deadline: .now() + Self.pause) { self.resume() }
    }

    /// Ends, and rings no more.
    func cancel() {
        source.cancel()
        resume()
    }

    private func suspend() {
        isSuspended.withLock { isSuspended in
            if !isSuspended { source.suspend() }
            isSuspended = true
        }
    }

    private func resume() {
        isSuspended.withLock { isSuspended in
            if isSuspended { source.resume() }
            isSuspended = false
        }
    }
}
