// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The packets of one family between an endpoint and some peers, in one direction.
package struct PeerRegion: Hashable, Sendable {
    /// Classes of the other side's addresses.
    package var peers: BitSet
    /// Atoms of protocol and ports.
    package var transports: BitSet

    /// No packet is in it.
    package var isEmpty: Bool { transports.isEmpty || peers.isEmpty }

    /// Whether a packet is in both.
    func intersects(_ other: PeerRegion) -> Bool {
        transports.intersects(other.transports) && peers.intersects(other.peers)
    }

    /// The packets in both; nil if there is none.
    func intersection(_ other: PeerRegion) -> PeerRegion? {
        guard intersects(other) else { return nil }
        return PeerRegion(
            peers: peers.intersection(other.peers),
            transports: transports.intersection(other.transports))
    }

    /// The packets that are not the other's, as disjoint regions: at most one for each atom of
    /// transports after however many steps.
    func subtracting(_ other: PeerRegion) -> [PeerRegion] {
        guard intersects(other) else { return [self] }
        return [
            PeerRegion(peers: peers, transports: transports.subtracting(other.transports)),
            PeerRegion(
                peers: peers.subtracting(other.peers),
                transports: transports.intersection(other.transports)),
        ].filter { !$0.isEmpty }
    }
}

extension [PeerRegion] {
    /// The packets in both.
    func intersection(_ others: [PeerRegion]) -> [PeerRegion] {
        flatMap { region in others.compactMap { region.intersection($0) } }
    }

    /// What is left of the regions without the others' packets.
    func subtracting(_ others: [PeerRegion]) -> [PeerRegion] {
        var rest = self
        for other in others where rest.contains(where: { $0.intersects(other) }) {
            rest = rest.flatMap { $0.subtracting(other) }
        }
        return rest
    }
}
