// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// Wakes a thread that waits in poll(2), once and for good.
final class StopSignal: Sendable {
    /// Readable from the signal on; closed with the last reference.
    let descriptor: Int32
    /// The other end of the connection, which the signal shuts down.
    private let peer: Int32

    /// Nil, with the reason in `errno`, if there are no descriptors left.
    init?() {
        var ends: [Int32] = [-1, -1]
        // SOCK_CLOEXEC and SOCK_NONBLOCK have these values.
        let type = Int32(SOCK_STREAM.rawValue) | O_CLOEXEC | O_NONBLOCK
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { return nil }
        descriptor = ends[0]
        peer = ends[1]
    }

    deinit {
        close(descriptor)
        close(peer)
    }

    /// Gives the signal; again does nothing.
    func give() { _ = shutdown(peer, Int32(SHUT_RDWR)) }
}
