// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// What the chains look into.
extension HostChains {
    /// All of it, but for what classes look into.
    var sets: [NamedSet] {
        var sets = HostPass.all.compactMap { dispatches[$0]?.interfaces }
        if let hostInterfaceSet { sets.append(hostInterfaceSet) }
        sets += AddressFamily.allCases.map { Self.workloads($0, program.workloads) }
        if knowsPlaces { sets += placedWorkloads }
        if hasTunnels { sets += nodes }
        return sets + guardMaps
    }

    /// The set of the workloads' addresses of one family.
    static func workloads(_ family: AddressFamily, _ addresses: EndpointAddresses) -> NamedSet {
        addressSet(FixedName.workloads(family), family, addresses, "pods of this node")
    }

    private static func addressSet(
        _ name: String, _ family: AddressFamily, _ addresses: EndpointAddresses, _ comment: String
    ) -> NamedSet {
        NamedSet(
            name: name, key: [family == .ipv4 ? .ipv4Address : .ipv6Address], comment: comment,
            elements: family == .ipv4 ? .ipv4(addresses.ipv4) : .ipv6(addresses.ipv6))
    }

    // MARK: Interfaces of host endpoints

    /// The interfaces that are a host endpoint's own, where one has a say about the packets to the
    /// node itself.
    private var hostInterfaces: Set<String> {
        if !has(.init(.hostLocal, .ingress)) { return [] }
        var names: Set<String> = []
        for case .interfaces(let own) in program.endpoints.map(\.place) { names.formUnion(own) }
        return names
    }

    /// The same as a set, whose name tells its content; nil where there are none.
    var hostInterfaceSet: NamedSet? {
        let names = hostInterfaces.sorted()
        if names.isEmpty { return nil }
        var hash = StableHash()
        hash.combine(names.joined(separator: "\n"))
        return NamedSet(
            name: "\(FixedName.hostInterfaces)-\(hash.digits)", key: [.interfaceName],
            elements: .entries([])
        ).holding(names.map { SetEntry(key: InterfaceName($0).bytes) })
    }

    // MARK: Places of workloads

    /// Whether host endpoints, or settings, tell what comes from workloads from what does not, and
    /// the interface of some workload is known.
    var knowsPlaces: Bool {
        !program.guards.isEmpty
            && (!program.endpoints.isEmpty || program.settings.endpointToHost != nil)
    }

    /// The interfaces of workloads, and the addresses of those whose interfaces are known.
    private var placedWorkloads: [NamedSet] {
        [Self.workloadInterfaces.holding(Self.interfaceEntries(guardSources.keys))]
            + AddressFamily.allCases.map { Self.placedWorkloads($0, placedAddresses) }
    }

    /// The set of the workloads' interfaces, empty.
    static let workloadInterfaces = NamedSet(
        name: FixedName.workloadInterfaces, key: [.interfaceName], elements: .entries([]))

    static func interfaceEntries(_ names: some Sequence<String>) -> [SetEntry] {
        names.map { SetEntry(key: InterfaceName($0).bytes) }
    }

    /// The addresses of the workloads whose interfaces are known, ascending.
    var placedAddresses: EndpointAddresses {
        var placed = EndpointAddresses()
        for known in program.guards {
            placed.ipv4 += known.addresses.ipv4
            placed.ipv6 += known.addresses.ipv6
        }
        placed.ipv4 = Set(placed.ipv4).sorted()
        placed.ipv6 = Set(placed.ipv6).sorted()
        return placed
    }

    /// Their set of one family.
    static func placedWorkloads(
        _ family: AddressFamily, _ addresses: EndpointAddresses
    ) -> NamedSet {
        addressSet(
            FixedName.placedWorkloads(family), family, addresses,
            "pods of this node whose interfaces are known")
    }

    // MARK: Nodes

    private var nodes: [NamedSet] {
        AddressFamily.allCases.map { family in
            Self.addressSet(FixedName.nodes(family), family, program.nodes, "nodes of the cluster")
        }
    }
}
