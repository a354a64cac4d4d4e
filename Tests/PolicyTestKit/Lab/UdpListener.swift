// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc

/// Sends every datagram back to where it came from.
struct UdpListener: Listener {
    let socket: Socket

    /// Opens the server in the namespace of the calling thread.
    ///
    /// - Throws: `LabError` when the system refuses.
    init(on place: LabSocketAddress) throws(LabError) {
        socket = try Socket(.udp, place.address.family)
        try socket.enlargeReceiveBuffer()
        try socket.bind(to: place)
    }

    func serve() {
        while true {
            switch socket.receive() {
            case .datagram(let bytes, let sender?): _ = socket.send(bytes, to: sender)
            case .datagram, .failure: continue
            case .nothing: return
            }
        }
    }
}
