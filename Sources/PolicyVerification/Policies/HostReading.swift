// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What governs a node's own packets, and packets by the interfaces that they pass, as one family's
/// packets meet it.
struct HostReading<Bits: AddressBits> {
    /// The node's host endpoints that govern anything.
    private(set) var hosts: [Host] = []
    let settings: EnforcementSettings
    /// The trait of the addresses of the node's workloads.
    let workloads: Int
    /// The traits of the blocks to which failsafe ports are limited.
    private(set) var blocks: [CIDR: Int] = [:]
    /// The trait of the addresses of all nodes.
    let nodes: Int
    /// The trait of the addresses of those workloads whose interfaces are known.
    let placed: Int
    /// The interfaces that belong to host endpoints, by name or by an address.
    private(set) var interfaces: Set<String> = []
    /// The traits of the addresses that host endpoints expect, where the node's interfaces are not
    /// known.
    private(set) var expected: [Int] = []

    /// A host endpoint.
    struct Host {
        var endpoint: Endpoint
        var place: Place
        var ingress: PolicyStack
        var egress: PolicyStack

        func stack(_ direction: Direction) -> PolicyStack {
            direction == .ingress ? ingress : egress
        }
    }

    /// What a host endpoint governs.
    enum Place {
        /// These interfaces.
        case interfaces([String])
        /// Packets to and from the addresses of a trait, by interfaces that are nobody's own.
        case addresses(Int)
        /// All that no other means.
        case everyInterface

        var isEveryInterface: Bool {
            if case .everyInterface = self { true } else { false }
        }
    }

    /// Whether there is anything to judge besides what workloads' policies do.
    var isNeeded: Bool { !hosts.isEmpty || settings.endpointToHost != nil }

    /// Nothing but workloads' policies is judged.
    ///
    /// - Parameter trait: one of no addresses.
    init(withoutAny trait: Int) {
        settings = .standard
        workloads = trait
        nodes = trait
        placed = trait
    }

    init(
        _ state: ClusterState, localNode: String, _ owners: AddressOwners<Bits>,
        _ governance: inout Governance, _ builder: inout PacketSpace<Bits>.Builder
    ) {
        settings = EnforcementSettings(state.configurations, node: localNode)
        let endpoints = state.endpoints.filter { $0.node == localNode && $0.id.kind == .host }
            .sorted { $0.id < $1.id }
        guard !endpoints.isEmpty || settings.endpointToHost != nil else {
            workloads = builder.addresses.addTrait(points: [])
            nodes = workloads
            placed = workloads
            return
        }
        let local = state.endpoints.enumerated().filter { _, endpoint in
            endpoint.isPoliced && endpoint.node == localNode && endpoint.id.kind != .host
        }
        workloads = builder.addresses.addTrait(
            points: local.flatMap { owners.addresses(of: $0, $1) })
        placed = builder.addresses.addTrait(
            points: local.filter { $1.particulars?.interface != nil }
                .flatMap { owners.addresses(of: $0, $1) })
        nodes = builder.addresses.addTrait(
            points: state.nodes.flatMap(\.addresses).compactMap { $0.bits() as Bits? })
        for tunnel in Self.tunnels(settings) { builder.transports.add(tunnel.packets) }
        for port in settings.failsafeInbound + settings.failsafeOutbound {
            for end in PacketEnd.allCases {
                builder.transports.add(
                    .init(port.transport, port.number...port.number, at: end))
            }
            guard let block = port.network, blocks[block] == nil else { continue }
            blocks[block] = builder.addresses.addTrait(
                intervals: IntervalSet<Bits>(block) ?? .empty)
        }
        let reference = ReferenceEvaluator(state, localNode: localNode)
        let known = state.nodes.first { $0.name == localNode }?.interfaces ?? []
        let names = Set(
            endpoints.compactMap { $0.particulars?.interface } + known.map(\.name)
        ).subtracting([EndpointParticulars.everyInterface])
        var owned: [EndpointID: [String]] = [:]
        for name in names.sorted() {
            guard let owner = reference.hostEndpoint(ofInterface: name) else { continue }
            owned[owner.id, default: []].append(name)
            interfaces.insert(name)
            builder.interfaces.add(name)
        }
        var taken: Set<Bits> = []
        for endpoint in endpoints {
            func add(_ place: Place, _ governance: inout Governance) {
                hosts.append(
                    Host(
                        endpoint: endpoint, place: place,
                        ingress: governance.stack(of: endpoint, .ingress),
                        egress: governance.stack(of: endpoint, .egress)))
            }
            if let own = owned[endpoint.id] { add(.interfaces(own), &governance) }
            if known.isEmpty, endpoint.particulars?.interface == nil {
                let addresses = Set(endpoint.addresses.compactMap { $0.bits() as Bits? })
                    .subtracting(taken)
                taken.formUnion(addresses)
                let trait = builder.addresses.addTrait(points: addresses.sorted())
                expected.append(trait)
                add(.addresses(trait), &governance)
            }
        }
        if let rest = endpoints.first(where: {
            $0.particulars?.interface == EndpointParticulars.everyInterface
        }) {
            hosts.append(
                Host(
                    endpoint: rest, place: .everyInterface,
                    ingress: governance.stack(of: rest, .ingress),
                    egress: governance.stack(of: rest, .egress)))
        }
    }
}

extension HostReading {
    /// A tunnel between nodes: its packets, and whether only nodes' addresses may be at its other end.
    struct Tunnel {
        var packets: TransportAtoms.Condition
        var asksNodes: Bool
    }

    /// The tunnels that are kept open in this family.
    var tunnels: [Tunnel] { Self.tunnels(settings) }

    private static func tunnels(_ settings: EnforcementSettings) -> [Tunnel] {
        let tunnels = settings.tunnels
        let family: AddressFamily = Bits.self == UInt32.self ? .ipv4 : .ipv6
        func port(_ number: UInt16) -> TransportAtoms.Condition {
            .init(.udp, number...number, at: .destination)
        }
        var result: [Tunnel] = []
        if tunnels.ipip, family == .ipv4 {
            let number = IPProtocol.ipip.rawValue
            result.append(Tunnel(packets: .init(protocols: number...number), asksNodes: true))
        }
        if tunnels.vxlan.contains(family) {
            result.append(Tunnel(packets: port(tunnels.vxlanPort), asksNodes: true))
        }
        if let number = tunnels.wireguard[family] {
            result.append(Tunnel(packets: port(number), asksNodes: false))
        }
        return result
    }
}

extension ReferenceEvaluator {
    /// The host endpoint to which an interface belongs, by its name or by an address that it has; nil
    /// where only one for every interface may mean it.
    func hostEndpoint(ofInterface name: String) -> Endpoint? {
        let nobody = IPAddress("0.0.0.0")!
        let packet = PacketDescription(
            source: nobody, destination: nobody, transport: .tcp, inputInterface: name)
        let owner = hostEndpoint(packet, .ingress, .forwardedToo)
        return owner?.particulars?.interface == EndpointParticulars.everyInterface ? nil : owner
    }
}
