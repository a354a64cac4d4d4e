// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// Accepts every connection and closes it.
struct TcpListener: Listener {
    let socket: Socket

    /// How many connections may wait for the thread that accepts them.
    private static let backlog: Int32 = 4_096

    /// Opens the server in the namespace of the calling thread.
    ///
    /// - Throws: `LabError` when the system refuses.
    init(on place: LabSocketAddress) throws(LabError) {
        let socket = try Socket(.tcp, place.address.family)
        try socket.set(SOL_SOCKET, SO_REUSEADDR, Int32(1))
        try socket.bind(to: place)
        try systemCall("listen", on: "\(place.address) port \(place.port)") {
            listen(socket.descriptor, Self.backlog)
        }
        self.socket = socket
    }

    func serve() {
        while true {
            let connection = accept(socket.descriptor, nil, nil)
            if connection >= 0 {
                close(connection)
            } else if errno != ECONNABORTED && errno != EINTR {
                return
            }
        }
    }
}
