// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Packets that no port of some rules tells apart.
struct TransportAtom {
    /// One protocol of the atom.
    var transport: IPProtocol
    /// One port of the atom; nil for protocols without ports.
    var port: UInt16?
    /// All packets of the atom.
    var members: TransportSet

    /// The atoms of some rules' ports, which together are every packet.
    ///
    /// - Parameter ports: Without names.
    static func all(of ports: [NumberedPort]) -> [TransportAtom] {
        IPProtocol.withPorts.flatMap { transport -> [TransportAtom] in
            var cuts: Set<UInt16> = [0]
            for port in ports where port.transport == transport {
                guard let range = port.range else { continue }
                cuts.insert(range.lowerBound)
                if range.upperBound < .max { cuts.insert(range.upperBound + 1) }
            }
            let starts = cuts.sorted()
            return starts.indices.map { index in
                let last = index + 1 < starts.count ? starts[index + 1] - 1 : .max
                return TransportAtom(
                    transport: transport, port: starts[index],
                    members: TransportSet(transport, ports: starts[index]...last))
            }
        } + withoutPorts(ports)
    }

    /// Each protocol that a rule names, and one atom of all others.
    private static func withoutPorts(_ ports: [NumberedPort]) -> [TransportAtom] {
        let named = Set(ports.map(\.transport)).subtracting(IPProtocol.withPorts).sorted()
        let single = named.map { IntervalSet([$0.rawValue...$0.rawValue]) }
        let rest = single.reduce(TransportSet.all.others) { $0.subtracting($1) }
        return (single + [rest]).compactMap { others in
            guard let first = others.intervals.first?.lowerBound else { return nil }
            return TransportAtom(
                transport: IPProtocol(rawValue: first), port: nil,
                members: TransportSet(others: others))
        }
    }

    /// Whether the atom's packets go to the port; they all do or none does.
    func matches(_ port: NumberedPort) -> Bool {
        guard transport == port.transport else { return false }
        guard let range = port.range else { return true }
        return self.port.map(range.contains) ?? false
    }
}

/// A rule's port as numbers.
struct NumberedPort: Hashable {
    var transport: IPProtocol
    /// Nil for every packet of the protocol.
    var range: ClosedRange<UInt16>?
    /// The name that stands for the number with those who define it so; nil for what is a number.
    var name: String?
}
