// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel

/// The sets of ports that rules look into: of source ports, and of destination ports (or types with
/// codes) where these have not led to the rule. Each is named after its content and never changes.
struct PortSets {
    /// The sets by name.
    let sets: [String: NamedSet]
    private let sourceNames: [IntervalSet<UInt16>: String]
    private let destinationNames: [IntervalSet<UInt16>: String]

    init(_ program: NodeProgram, names: inout Names) {
        let conditions = program.programs.flatMap(\.cells).flatMap(\.runs).map(\.conditions)
        sourceNames = Self.names(
            Set(conditions.compactMap(\.sourcePorts)), prefix: "sources-", &names)
        let scattered = conditions.compactMap(\.transport).flatMap(\.numbers.values).filter {
            $0.intervals.count > 1
        }
        destinationNames = Self.names(Set(scattered), prefix: "destinations-", &names)
        var sets: [String: NamedSet] = [:]
        for (ports, name) in sourceNames { sets[name] = Self.set(name, ports) }
        for (ports, name) in destinationNames { sets[name] = Self.set(name, ports) }
        self.sets = sets
    }

    private static func names(
        _ ports: Set<IntervalSet<UInt16>>, prefix: String, _ names: inout Names
    ) -> [IntervalSet<UInt16>: String] {
        let nameless = ports.map { ports in
            Names.Nameless(
                description: ports.intervals.map { "\($0)" }.joined(separator: " "))
        }
        return Dictionary(
            uniqueKeysWithValues: zip(ports, names.allocate(nameless, prefix: prefix)))
    }

    private static func set(_ name: String, _ ports: IntervalSet<UInt16>) -> NamedSet {
        let entries = ports.intervals.map {
            SetEntry(key: $0.lowerBound.networkBytes, keyEnd: $0.upperBound.networkBytes)
        }
        return NamedSet(
            name: name, key: [.inetService], isInterval: true, elements: .entries(entries))
    }

    /// Goes on with packets of a protocol with ports, from these ports.
    func test(forSources ports: IntervalSet<UInt16>) -> [Expression] {
        Expression.isPort(.source, in: sourceNames[ports]!)
    }

    /// What asks for a packet's protocol and its destination port, or type and code: one of these
    /// alternatives holds for each packet of the space, and none for others.
    func tests(for space: TransportSpace) -> [[Expression]] {
        let named = space.numbers.sorted { $0.key < $1.key }
        let others = space.hasOthers ? [named.flatMap { Expression.isNotTransport($0.key) }] : []
        return others
            + named.filter { !$0.value.isEmpty }.map { transport, numbers in
                Expression.isTransport(transport) + test(numbers, of: transport)
            }
    }

    private func test(_ numbers: IntervalSet<UInt16>, of transport: IPProtocol) -> [Expression] {
        if numbers.isFull { return [] }
        // In ICMP the type and the code stand where other protocols have their source port (S64).
        let side: AddressSide = transport.hasMessageTypes ? .source : .destination
        if numbers.intervals.count == 1 {
            return Expression.isPort(side, in: numbers.intervals[0])
        }
        return Expression.isPort(side, in: destinationNames[numbers]!)
    }
}
