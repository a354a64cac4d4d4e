// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Glibc
import Synchronization

/// The source ports of a lab's probes, and the identifiers of its pings.
///
/// None comes twice for the same address and protocol until all have been used, so that no
/// connection that the node remembers from an earlier probe lets a later one pass.
final class SourcePorts: Sendable {
    private struct Sequence: Hashable {
        let source: LabAddress
        let `protocol`: ProbeProtocol
    }

    private static let range: ClosedRange<UInt16> = 20_000...65_535

    private let served: Set<UInt16>
    private let latest = Mutex<[Sequence: UInt16]>([:])

    /// Source ports, all but those on which the hosts answer.
    init(avoiding served: Set<UInt16>) {
        self.served = served
    }

    /// The next port, or identifier, for probes from an address.
    func next(for source: LabAddress, _ protocol: ProbeProtocol) -> UInt16 {
        let sequence = Sequence(source: source, protocol: `protocol`)
        return latest.withLock { latest in
            var port = latest[sequence] ?? Self.range.upperBound
            repeat {
                port = port == Self.range.upperBound ? Self.range.lowerBound : port + 1
            } while served.contains(port)
            latest[sequence] = port
            return port
        }
    }

    /// Binds a socket to an address and the next port that nobody else has.
    ///
    /// - Throws: `LabError` when the address is not the host's own.
    func bind(
        _ socket: Socket, to source: LabAddress, _ protocol: ProbeProtocol
    ) throws(LabError) {
        var errorNumber = EADDRINUSE
        for _ in Self.range where errorNumber == EADDRINUSE {
            let place = LabSocketAddress(source, port: next(for: source, `protocol`))
            if socket.tryBind(to: place) == 0 { return }
            errorNumber = errno
        }
        throw LabError(operation: "bind", object: "\(source)", errorNumber: errorNumber)
    }
}
