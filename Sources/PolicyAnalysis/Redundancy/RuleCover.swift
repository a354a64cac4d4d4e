// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Whether some rules allow all that one rule allows.
struct RuleCover {
    private let area: RuleArea
    private let candidates: [RuleArea]
    /// The most steps that one question about labels may take.
    private static let budget = 20_000

    init(_ area: RuleArea, among others: [RuleArea]) {
        self.area = area
        candidates = others.filter { other in
            area.subjects.contains { subject in
                other.subjects.contains { !subject.intersection($0).isEmpty }
            }
        }
    }

    /// As few of the others as suffice to cover the rule: one, if one does; nil if all together do
    /// not.
    var smallest: [RuleArea]? {
        if let one = candidates.first(where: { isCovered(by: [$0]) }) { return [one] }
        guard candidates.count > 1, isCovered(by: candidates) else { return nil }
        var needed = candidates
        for index in needed.indices.reversed() {
            var fewer = needed
            fewer.remove(at: index)
            if isCovered(by: fewer) { needed = fewer }
        }
        return needed
    }

    private func isCovered(by others: [RuleArea]) -> Bool {
        let atoms = PortAtom.all((area.ports + others.flatMap(\.ports)))
        let kinds = AddressKind.all(area.peers.map(\.addresses), others)
        for port in atoms {
            let wanted = area.regions(at: port)
            if wanted.isEmpty { continue }
            let covers = others.map { (area: $0, regions: $0.regions(at: port)) }
                .filter { !$0.regions.isEmpty }
            for (number, peer) in area.peers.enumerated() {
                for kind in kinds where kind.lies(inPeer: number) {
                    guard isCovered(wanted, peer, of: kind, by: covers) else { return false }
                }
            }
        }
        return true
    }

    /// Whether one peer at one port and at addresses of one kind is covered.
    private func isCovered(
        _ wanted: [Region], _ peer: RuleArea.PeerArea, of kind: AddressKind,
        by covers: [(area: RuleArea, regions: [Region])]
    ) -> Bool {
        var regions: [Region] = []
        for cover in covers {
            for other in cover.area.peers where other.addresses.contains(kind.example) {
                // An address that need not be an endpoint's is matched by no selector.
                if other.regions != nil, peer.regions == nil { continue }
                for subject in cover.area.subjects {
                    for part in other.regions ?? [Region()] {
                        regions += cover.regions.map { $0.intersection(subject).intersection(part) }
                    }
                }
            }
        }
        var budget = Self.budget
        for subject in area.subjects {
            for part in peer.regions ?? [Region()] {
                for region in wanted {
                    let target = Region.everything.intersection(subject).intersection(part)
                        .intersection(region)
                    guard target.isCovered(by: regions[...], budget: &budget) else { return false }
                }
            }
        }
        return true
    }
}

/// Addresses that lie in the same peers of all rules in question.
private struct AddressKind {
    /// One of them.
    let example: IPAddress
    private let peers: [AddressSet]

    func lies(inPeer number: Int) -> Bool { peers[number].contains(example) }

    /// One of each kind.
    static func all(_ peers: [AddressSet], _ others: [RuleArea]) -> [AddressKind] {
        let sets = peers + others.flatMap { $0.peers.map(\.addresses) }
        let starts =
            Self.starts(sets.map(\.ipv4)).map(IPAddress.ipv4)
            + Self.starts(sets.map(\.ipv6)).map(IPAddress.ipv6)
        var seen: Set<[Bool]> = []
        return starts.filter { start in
            seen.insert(sets.map { $0.contains(start) }).inserted
        }.map { AddressKind(example: $0, peers: peers) }
    }

    /// The first address, and every one at which a set begins or has ended.
    private static func starts<Bits: AddressBits>(_ sets: [IntervalSet<Bits>]) -> [Bits] {
        var starts: Set<Bits> = [0]
        for interval in sets.flatMap(\.intervals) {
            starts.insert(interval.lowerBound)
            if interval.upperBound < .max { starts.insert(interval.upperBound + 1) }
        }
        return starts.sorted()
    }
}
