// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel

/// The sets of source ports that rules look into. Each is named after its content and never changes.
struct SourcePortSets {
    /// The sets by name.
    let sets: [String: NamedSet]
    private let names: [IntervalSet<UInt16>: String]

    init(_ program: NodeProgram, names: inout Names) {
        let runs = program.programs.flatMap(\.cells).flatMap(\.runs)
        var descriptions: [IntervalSet<UInt16>: String] = [:]
        for ports in Set(runs.compactMap(\.conditions.sourcePorts)) {
            descriptions[ports] = ports.intervals.map { "\($0)" }.joined(separator: " ")
        }
        let allocated = names.allocate(descriptions.values, prefix: "sources-")
        self.names = descriptions.mapValues { allocated[$0]! }
        var sets: [String: NamedSet] = [:]
        for (ports, name) in self.names { sets[name] = Self.set(name, ports) }
        self.sets = sets
    }

    private static func set(_ name: String, _ ports: IntervalSet<UInt16>) -> NamedSet {
        let entries = ports.intervals.map {
            SetEntry(key: $0.lowerBound.networkBytes, keyEnd: $0.upperBound.networkBytes)
        }
        return NamedSet(
            name: name, key: [.inetService], isInterval: true, elements: .entries(entries))
    }

    /// Goes on with packets of a protocol with ports, from these ports.
    func test(for ports: IntervalSet<UInt16>) -> [Expression] {
        Expression.isSourcePort(in: names[ports]!)
    }
}
