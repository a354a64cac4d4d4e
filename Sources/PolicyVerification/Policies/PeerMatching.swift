// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The packets between any address and those for which peers stand, or that ports match, for all
/// packets of one family.
struct PeerMatching<Bits: AddressBits> {
    private let reading: PolicyReading<Bits>
    private let space: PacketSpace<Bits>
    /// Every address that policies judge, in every transport.
    private let domain: PeerRegion
    private var selected: [EndpointSelector: BitSet] = [:]
    private var holders: [PortName: [(NamedPort, BitSet)]] = [:]

    private struct PortName: Hashable {
        var name: String
        var transport: IPProtocol
    }

    init(_ reading: PolicyReading<Bits>, _ space: PacketSpace<Bits>, domain: PeerRegion) {
        self.reading = reading
        self.space = space
        self.domain = domain
    }

    // MARK: Peers

    /// The packets whose address at an end is one for which the peers stand. A packet may be in
    /// several of the regions.
    mutating func regions(of peers: Peers, at end: PacketEnd) -> [PeerRegion] {
        guard case .only(let list) = peers else { return [domain] }
        var addresses = BitSet(space: space.addresses.count)
        var regions: [PeerRegion] = []
        for peer in list {
            if case .service(let id) = peer, end == .destination {
                regions += (reading.services[id] ?? []).map(region)
            } else {
                addresses.formUnion(self.addresses(of: peer))
            }
        }
        return regions + [PeerRegion(peers: addresses, transports: domain.transports)]
    }

    /// The packets to the ports of a Service's endpoints.
    private func region(of part: PolicyReading<Bits>.ServicePart) -> PeerRegion {
        var transports = BitSet(space: space.transports.count)
        for port in part.ports {
            space.transports.insertAtoms(where: .init(port), into: &transports)
        }
        return PeerRegion(
            peers: space.addresses.members(of: part.trait),
            transports: transports.intersection(domain.transports))
    }

    /// The classes of the addresses for which a peer stands, whatever the port.
    private mutating func addresses(of peer: Peer) -> BitSet {
        switch peer {
        case .endpoints(let selector):
            return addresses(of: selector)
        case .network(let block, let exceptions):
            return addresses(.blocks([block], except: exceptions))
        case .addresses(let match):
            var members =
                match.selector.map { addresses(of: $0) } ?? .full(space: space.addresses.count)
            if let other = match.notSelector { members.subtract(addresses(of: other)) }
            if let nets = match.nets {
                members = members.intersection(addresses(.blocks(nets, except: [])))
            }
            members.subtract(addresses(.blocks(match.notNets, except: [])))
            return members
        case .nodes(let selector):
            return addresses(.nodes(selector))
        case .service(let id):
            return (reading.services[id] ?? []).reduce(BitSet(space: space.addresses.count)) {
                $0.union(space.addresses.members(of: $1.trait))
            }
        }
    }

    private func addresses(_ named: PolicyReading<Bits>.NamedAddresses) -> BitSet {
        reading.named[named].map { space.addresses.members(of: $0) }
            ?? BitSet(space: space.addresses.count)
    }

    /// The classes of the addresses that belong to an endpoint or network set that is selected.
    private mutating func addresses(of selector: EndpointSelector) -> BitSet {
        if let known = selected[selector] { return known }
        var members = addresses(.networkSets(selector))
        func add(_ peers: [PolicyReading<Bits>.PeerClass]) {
            for peer in peers where selector.matches(peer.target) {
                for member in space.addresses.classes(of: peer.trait) { members.insert(member) }
            }
        }
        switch selector.namespaces {
        case .named(let namespace): add(reading.peers[namespace] ?? [])
        case .any: for peers in reading.peers.values { add(peers) }
        case .labelled(let condition):
            // All of a namespace are asked the same; and most namespaces are not meant.
            for peers in reading.peers.values
            where condition.matches(peers[0].target.namespaceLabels) { add(peers) }
        }
        selected[selector] = members
        return members
    }

    // MARK: Ports

    /// The packets that ports match at an end; nil where they match every packet.
    ///
    /// - Parameter own: the named ports of the subject, if it is at that end; nil if the other side
    ///   is.
    mutating func regions(of ports: Ports, at end: PacketEnd, own: Set<NamedPort>?)
        -> [PeerRegion]?
    {
        guard case .only(let list) = ports else { return nil }
        return regions(of: list, at: end, own: own)
    }

    /// The packets that any of some ports matches at an end.
    mutating func regions(of ports: [PortMatch], at end: PacketEnd, own: Set<NamedPort>?)
        -> [PeerRegion]
    {
        var numbered = BitSet(space: space.transports.count)
        var regions: [PeerRegion] = []
        for port in ports {
            if let condition = port.condition(at: end) {
                space.transports.insertAtoms(where: condition, into: &numbered)
            }
            guard case .named(let transport, let name) = port else { continue }
            if let own {
                for held in own where held.transport == transport && held.name == name {
                    space.transports.insertAtoms(where: .init(held, at: end), into: &numbered)
                }
                continue
            }
            for (number, others) in holders(of: name, transport) {
                regions.append(
                    PeerRegion(
                        peers: others,
                        transports: space.transports.atoms(where: .init(number, at: end))))
            }
        }
        return regions + [PeerRegion(peers: domain.peers, transports: numbered)]
    }

    /// The numbers that peers give to a port name, and the peers that give each.
    private mutating func holders(of name: String, _ transport: IPProtocol)
        -> [(NamedPort, BitSet)]
    {
        let key = PortName(name: name, transport: transport)
        if let known = holders[key] { return known }
        var byNumber: [NamedPort: BitSet] = [:]
        for peer in reading.peers.values.joined() {
            for port in peer.profile.namedPorts
            where port.name == name && port.transport == transport {
                for member in space.addresses.classes(of: peer.trait) {
                    byNumber[port, default: BitSet(space: space.addresses.count)].insert(member)
                }
            }
        }
        let result = byNumber.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        holders[key] = result
        return result
    }
}
