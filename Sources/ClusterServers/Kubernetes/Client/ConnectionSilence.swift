// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NIOCore

/// How the kernel is told to find out that a peer has gone without a word: probes on idle connections,
/// and a limit for what is sent and never acknowledged.
enum ConnectionSilence {
    // linux/tcp.h
    private static let idle = NIOBSDSocket.Option(rawValue: 4)
    private static let interval = NIOBSDSocket.Option(rawValue: 5)
    private static let count = NIOBSDSocket.Option(rawValue: 6)
    private static let userTimeout = NIOBSDSocket.Option(rawValue: 18)

    /// Sets them: dead within 30 s.
    static func watch(_ channel: any Channel) -> EventLoopFuture<Void> {
        let options: [(NIOBSDSocket.OptionLevel, NIOBSDSocket.Option, SocketOptionValue)] = [
            (.socket, .so_keepalive, 1), (.tcp, idle, 15), (.tcp, interval, 5), (.tcp, count, 3),
            (.tcp, userTimeout, 30_000),
        ]
        let settings = options.map { level, name, value in
            channel.setOption(
                ChannelOptions.Types.SocketOption(level: level, name: name), value: value)
        }
        // A kernel that knows one of them not is no reason to do without the server.
        return EventLoopFuture<Void>.whenAllComplete(settings, on: channel.eventLoop).map { _ in }
    }
}
