// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// The servers of all hosts of a lab, on one thread; they end with the last reference to this.
final class Responder: Sendable {
    private let thread: PosixThread
    private let bell: Bell

    /// Starts to serve.
    ///
    /// - Throws: `LabError` when there is no thread to be had.
    init(_ listeners: [any Listener]) throws(LabError) {
        var ends: [Int32] = [-1, -1]
        try systemCall("socketpair", on: "responder") {
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        }
        let heard = Socket(owning: ends[1])
        bell = Bell(Socket(owning: ends[0]))
        thread = try PosixThread { Self.serve(listeners, until: heard) }
    }

    deinit {
        bell.ring()
        thread.join()
    }

    private static func serve(_ listeners: [any Listener], until bell: Socket) {
        let sockets = [bell] + listeners.map(\.socket)
        var polled = sockets.map {
            pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0)
        }
        while true {
            guard poll(&polled, nfds_t(polled.count), -1) > 0 else { continue }
            guard polled[0].revents == 0 else { return }
            for (listener, state) in zip(listeners, polled.dropFirst()) where state.revents != 0 {
                listener.serve()
            }
        }
    }

    /// What tells the thread to end.
    private struct Bell {
        private let socket: Socket

        init(_ socket: Socket) {
            self.socket = socket
        }

        func ring() {
            shutdown(socket.descriptor, Int32(SHUT_RDWR))
        }
    }
}
