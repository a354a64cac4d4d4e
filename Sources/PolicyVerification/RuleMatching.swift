// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension ReferenceEvaluator {
    /// The endpoint to which an address belongs: of the policed ones that claim it, the newest,
    /// and of equally old ones the one whose id sorts first; a host endpoint only where nothing
    /// else claims it.
    ///
    /// A finished pod no longer owns its address (S19), a stale object loses it to a newer one
    /// (S20), and a host-network pod's address is its node's (S14).
    func owner(of address: IPAddress) -> Endpoint? {
        let claimants = state.endpoints.filter { $0.isPoliced && $0.addresses.contains(address) }
        let others = claimants.filter { $0.id.kind != .host }
        return (others.isEmpty ? claimants : others)
            .min { $0.created == $1.created ? $0.id < $1.id : $0.created > $1.created }
    }

    /// What selectors see of an endpoint. Labels of its profiles count where it has none of its own.
    func target(_ endpoint: Endpoint) -> SelectorTarget {
        var labels = endpoint.labels
        for name in endpoint.particulars?.profiles ?? [] {
            for profile in state.profiles where profile.name == name {
                labels.merge(profile.labels) { own, _ in own }
            }
        }
        return SelectorTarget(
            endpoint, labels: labels,
            namespaceLabels: endpoint.id.namespace.isEmpty
                ? [:] : namespaceLabels(endpoint.id.namespace),
            accountLabels: accountLabels(endpoint))
    }

    /// Whether a selector's conditions on namespace, account and labels all hold (S7).
    func selects(_ selector: EndpointSelector, _ endpoint: Endpoint) -> Bool {
        selector.matches(target(endpoint))
    }

    /// A namespace's labels; where the object is missing, the name's labels alone (S11).
    func namespaceLabels(_ name: String) -> [String: String] {
        let namespace = state.namespaces.first { $0.name == name } ?? Namespace(name: name)
        return namespace.effectiveLabels
    }

    /// The labels of an endpoint's service account; where the object is missing, its name's alone.
    func accountLabels(_ endpoint: Endpoint) -> [String: String] {
        guard endpoint.id.kind == .pod, let id = endpoint.serviceAccountID else { return [:] }
        let account = state.serviceAccounts.first { $0.id == id } ?? ServiceAccount(id: id)
        return account.effectiveLabels
    }

    /// Whether a packet meets all of a rule's conditions.
    func matches(_ rule: Rule, _ packet: PacketDescription, _ direction: Direction) -> Bool {
        let conditions = rule.conditions
        if let family = conditions.family, family != packet.source.family { return false }
        return includes(rule.peers, .other, packet, direction)
            && includes(conditions.own, .own, packet, direction)
            && matches(rule.ports, .destination, packet)
            && !conditions.exceptPorts.contains { matches($0, .destination, packet) }
            && matches(conditions.sourcePorts, .source, packet)
            && !conditions.exceptSourcePorts.contains { matches($0, .source, packet) }
    }

    /// The side of a packet that a rule speaks of, seen from the endpoint that is judged.
    private enum Side {
        case own, other
    }

    private func includes(
        _ peers: Peers, _ side: Side, _ packet: PacketDescription, _ direction: Direction
    ) -> Bool {
        guard case .only(let list) = peers else { return true }
        return list.contains { includes($0, side, packet, direction) }
    }

    /// Whether a peer stands for the address on one side of a packet. Selectors know addresses by
    /// their owner, and network sets by their blocks; blocks contain addresses whoever owns them
    /// (S15), and an `except` carves from its own block (S16).
    private func includes(
        _ peer: Peer, _ side: Side, _ packet: PacketDescription, _ direction: Direction
    ) -> Bool {
        let address = side == .other ? packet.peer(direction) : packet.subject(direction)
        switch peer {
        case .endpoints(let selector):
            return isSelected(address, by: selector)
        case .network(let block, let exceptions):
            return block.contains(address) && !exceptions.contains { $0.contains(address) }
        case .addresses(let match):
            if let selector = match.selector, !isSelected(address, by: selector) { return false }
            if let other = match.notSelector, isSelected(address, by: other) { return false }
            if let nets = match.nets, !nets.contains(where: { $0.contains(address) }) {
                return false
            }
            return !match.notNets.contains { $0.contains(address) }
        case .nodes(let selector):
            return state.nodes.contains {
                selector.matches($0.labels) && $0.addresses.contains(address)
            }
        case .service(let id):
            let isDestination =
                address == packet.destination && (side == .own) == (direction == .ingress)
            return state.serviceSlices.contains { slice in
                slice.serviceID == id && slice.addresses.contains(address)
                    && (!isDestination
                        || slice.ports.contains {
                            $0.transport == packet.transport && $0.number == packet.destinationPort
                        })
            }
        }
    }

    /// Whether an address belongs to something that a selector means: to an endpoint, or to a
    /// network set.
    private func isSelected(_ address: IPAddress, by selector: EndpointSelector) -> Bool {
        if let owner = owner(of: address), selects(selector, owner) { return true }
        return state.networkSets.contains { set in
            set.blocks.contains { $0.contains(address) }
                && selector.matches(
                    SelectorTarget(
                        set, namespaceLabels: set.id.namespace.map(namespaceLabels) ?? [:]))
        }
    }

    private func matches(_ ports: Ports, _ end: PacketEnd, _ packet: PacketDescription) -> Bool {
        guard case .only(let list) = ports else { return true }
        return list.contains { matches($0, end, packet) }
    }

    /// Whether the packet has the protocol and port. One without ports matches only ``every``, or
    /// a rule that names no ports at all (S32).
    ///
    /// A name stands for the number or numbers that the owner of the address at that end gives it
    /// for the protocol, in both directions; on an address that no endpoint owns it stands for
    /// nothing (S27–S29).
    private func matches(
        _ port: PortMatch, _ end: PacketEnd, _ packet: PacketDescription
    ) -> Bool {
        let actual = packet.port(end)
        switch port {
        case .every(let transport):
            return packet.transport == transport
        case .numbers(let transport, let range):
            guard packet.transport == transport, let actual else { return false }
            return range.contains(actual)
        case .named(let transport, let name):
            guard packet.transport == transport, let actual else { return false }
            let port = NamedPort(name: name, transport: transport, number: actual)
            if let governing, end == governing.end, governing.host.namedPorts.contains(port) {
                return true
            }
            return owner(of: packet.address(end))?.namedPorts.contains(port) ?? false
        case .icmp(let transport, let type, let code):
            return packet.transport == transport && packet.icmpType == type
                && (code == nil || packet.icmpCode == code)
        }
    }
}
