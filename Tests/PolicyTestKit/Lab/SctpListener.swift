// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Answers every SCTP INIT chunk: with INIT ACK on the ports that are served, else with ABORT.
///
/// It does so by itself on a raw socket, so that the kernel needs no SCTP of its own.
struct SctpListener: Listener {
    let socket: Socket
    private let servedPorts: Set<UInt16>

    /// Opens the server in the namespace of the calling thread.
    ///
    /// - Throws: `LabError` when the system refuses.
    init(on address: LabAddress, servedPorts: Set<UInt16>) throws(LabError) {
        self.servedPorts = servedPorts
        socket = try Socket(.sctp, address.family)
        try socket.bind(to: LabSocketAddress(address))
    }

    func serve() {
        socket.receiveAll { payload, sender in
            guard let packet = SctpPacket(payload), case .start(let tag) = packet.chunk else {
                return
            }
            let answer = SctpPacket(
                sourcePort: packet.destinationPort, destinationPort: packet.sourcePort,
                chunk: servedPorts.contains(packet.destinationPort)
                    ? .acknowledgement(of: tag) : .abort(of: tag))
            _ = socket.send(answer.bytes, to: LabSocketAddress(sender))
        }
    }
}
