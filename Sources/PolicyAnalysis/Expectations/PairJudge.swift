// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// What the policies say about the traffic of one pair, for every protocol and port.
///
/// Every endpoint is judged as if by its own node.
struct PairJudge {
    private let source: Party
    private let destination: Party
    private let evaluator: ReferenceEvaluator
    private let borders: PortBorders
    /// No node has this name.
    private static let node = "(any node)"

    /// - Parameters:
    ///   - endpoints: The owners of the two addresses, as far as they have any.
    ///   - policies: At least those that govern these endpoints.
    init(
        from source: Party, to destination: Party, _ endpoints: [Endpoint],
        _ policies: [Policy], _ state: ClusterState
    ) {
        self.source = source
        self.destination = destination
        // The verdict depends on the owners of the two addresses, on the policies that select them
        // and on what these policies name alone. The nodes of both are the one that judges, so that
        // each is judged by its own, which is exempt (S22).
        let homes = Set(endpoints.compactMap(\.node))
        let nodes = state.nodes.map { node in
            var copy = node
            if homes.contains(node.name) { copy.name = Self.node }
            return copy
        }
        let endpoints = endpoints.map { endpoint in
            var copy = endpoint
            copy.node = Self.node
            return copy
        }
        let namespaces = Set(
            endpoints.map(\.id.namespace) + state.networkSets.compactMap(\.id.namespace))
        evaluator = ReferenceEvaluator(
            ClusterState(
                namespaces: state.namespaces.filter { namespaces.contains($0.name) },
                nodes: nodes, endpoints: endpoints, tiers: state.tiers, policies: policies,
                profiles: state.profiles, serviceAccounts: state.serviceAccounts,
                networkSets: state.networkSets, serviceSlices: state.serviceSlices),
            localNode: Self.node)
        borders = PortBorders(
            policies.flatMap(\.allRules) + state.profiles.flatMap { $0.ingress + $0.egress },
            state.serviceSlices,
            named: endpoints.first { $0.id == destination.endpoint }?.namedPorts ?? [])
    }

    /// The decisions at some ports, each with all ports of which it is true.
    func decisions(at ports: TrafficPortSet) -> [PairDecision] {
        var found: [PairDecision] = []
        func add(_ decision: Decision, _ ports: TrafficPortSet) {
            if let index = found.firstIndex(where: { $0.decision == decision }) {
                found[index].ports.formUnion(ports)
            } else {
                found.append(PairDecision(decision: decision, ports: ports))
            }
        }
        for (transport, numbers) in ports.numbers {
            for range in borders.pieces(of: numbers, transport) {
                add(
                    verdict(transport, port: range.lowerBound),
                    TrafficPortSet(numbers: [transport: IntervalSet([range])]))
            }
        }
        if ports.hasOthers {
            // Rules without ports alone speak of protocols that have none (S32), so that echo
            // requests stand for all of them.
            add(verdict(icmp, port: nil), TrafficPortSet(hasOthers: true))
        }
        return found
    }

    private var icmp: IPProtocol { source.address.family == .ipv4 ? .icmp : .icmpv6 }

    private func verdict(_ transport: IPProtocol, port: UInt16?) -> Decision {
        let isEcho = transport == .icmp || transport == .icmpv6
        let echo: UInt8 = transport == .icmp ? 8 : 128
        return evaluator.verdict(
            PacketDescription(
                source: source.address, destination: destination.address, transport: transport,
                destinationPort: port,
                sourcePort: port == nil ? nil : Traffic.someSourcePort,
                icmpType: isEcho ? echo : nil, icmpCode: isEcho ? 0 : nil))
    }
}

/// A decision about a pair and the ports of which it is true.
struct PairDecision {
    var decision: Decision
    var ports: TrafficPortSet
}

/// Where the answer may change from one port to the next.
private struct PortBorders {
    /// The first ports of what rules treat alike, by protocol, ascending.
    private let starts: [IPProtocol: [UInt16]]

    init(_ rules: [Rule], _ slices: [ServiceSlice], named: [NamedPort]) {
        var found: [IPProtocol: Set<UInt16>] = [:]
        func add(_ transport: IPProtocol, _ range: ClosedRange<UInt16>) {
            found[transport, default: []].insert(range.lowerBound)
            if range.upperBound < .max {
                found[transport, default: []].insert(range.upperBound + 1)
            }
        }
        for rule in rules {
            var ports = rule.conditions.exceptPorts
            if case .only(let list) = rule.ports { ports += list }
            for case .numbers(let transport, let range) in ports { add(transport, range) }
        }
        let services = Set(
            rules.flatMap { $0.peers.list + $0.conditions.own.list }.compactMap {
                if case .service(let id) = $0 { id } else { nil }
            })
        for slice in slices where services.contains(slice.serviceID) {
            for port in slice.ports { add(port.transport, port.number...port.number) }
        }
        for port in named { add(port.transport, port.number...port.number) }
        starts = found.mapValues { $0.sorted() }
    }

    /// The intervals of a set, cut at the borders.
    func pieces(
        of set: IntervalSet<UInt16>, _ transport: IPProtocol
    ) -> [ClosedRange<UInt16>] {
        set.intervals.flatMap { interval in
            let inside = (starts[transport] ?? []).filter {
                $0 > interval.lowerBound && $0 <= interval.upperBound
            }
            let ends = inside.map { $0 - 1 } + [interval.upperBound]
            return zip([interval.lowerBound] + inside, ends).map { $0...$1 }
        }
    }
}
