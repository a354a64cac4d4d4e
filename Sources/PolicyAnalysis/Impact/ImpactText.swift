// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// An impact as people read it: for each sender, and what changes, the receivers; pods of one stem
/// that change alike are one.
public struct ImpactText {
    private let impact: Impact
    private let units: [Unit]

    /// Peers of one stem between which and others the same changes.
    private struct Unit {
        var label: String
        var peers: [Int]
    }

    /// The text of an impact.
    public init(_ impact: Impact) {
        self.impact = impact
        units = Self.units(of: impact)
    }

    /// The lines; empty if nothing changes.
    public var text: String {
        var lines: [String] = []
        for change in Impact.Change.allCases {
            let found = self.lines(change)
            if !found.isEmpty { lines += ["\(change):"] + found.map { "  \($0)" } }
        }
        if !impact.added.isEmpty {
            lines.append("only in the new manifests, and not compared: \(Self.list(impact.added))")
        }
        if !impact.removed.isEmpty {
            lines.append(
                "only in the old manifests, and not compared: \(Self.list(impact.removed))")
        }
        return lines.joined(separator: "\n")
    }

    /// `shop/front-* (2) > shop/web, world: 8080/tcp`.
    private func lines(_ change: Impact.Change) -> [String] {
        var lines: [String] = []
        for from in units {
            var receivers: [TransportSet: [String]] = [:]
            var order: [TransportSet] = []
            for to in units {
                let packets = impact.packets(
                    change, from: from.peers[0], to: to.peers.last ?? from.peers[0])
                if packets.isEmpty { continue }
                if receivers[packets] == nil { order.append(packets) }
                receivers[packets, default: []].append(to.label)
            }
            for packets in order {
                lines.append("\(from.label) > \(Self.list(receivers[packets] ?? [])): \(packets)")
            }
        }
        return lines
    }

    private static func units(of impact: Impact) -> [Unit] {
        let count = (impact.groups.max() ?? -1) + 1
        var samples = [Int](repeating: 0, count: count)
        for (peer, group) in impact.groups.enumerated() { samples[group] = peer }
        // Groups are alike if they change alike with regard to every group.
        var firsts: [[Int]: Int] = [:]
        let alike = samples.indices.map { group in
            let behaviour = Impact.Change.allCases.flatMap { change in
                samples.flatMap { other in
                    [
                        impact.set(change, from: samples[group], to: other),
                        impact.set(change, from: other, to: samples[group]),
                    ]
                }
            }
            let first = firsts[behaviour, default: group]
            firsts[behaviour] = first
            return first
        }
        var positions: [Key: Int] = [:]
        var units: [(stem: String, peers: [Int])] = []
        for (peer, group) in impact.groups.enumerated() {
            let stem = PodName.stem(impact.peers[peer].description)
            let key = Key(stem: stem, group: alike[group])
            if let position = positions[key] {
                units[position].peers.append(peer)
            } else {
                positions[key] = units.count
                units.append((stem, [peer]))
            }
        }
        let stems = Dictionary(positions.keys.map { ($0.stem, 1) }, uniquingKeysWith: +)
        return units.map { stem, peers in
            let first = impact.peers[peers[0]].description
            let label =
                peers.count == 1
                ? first
                : stems[stem] == 1
                    ? "\(stem)-* (\(peers.count))" : "\(first) and \(peers.count - 1) more"
            return Unit(label: label, peers: peers)
        }
    }

    private struct Key: Hashable {
        var stem: String
        var group: Int
    }

    private static func list(_ peers: [ReachabilityPeer]) -> String {
        list(peers.map(\.description))
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.count > 12 ? 10 : names.count
        let rest = names.count > shown ? " and \(names.count - shown) more" : ""
        return names.prefix(shown).joined(separator: ", ") + rest
    }
}
