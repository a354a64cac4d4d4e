// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension ReferenceEvaluator {
    /// The endpoint to which an address belongs: of the policed ones that claim it, the newest,
    /// and of equally old ones the one whose id sorts first.
    ///
    /// A finished pod no longer owns its address (S19), a stale object loses it to a newer one
    /// (S20), and a host-network pod's address is its node's (S14).
    func owner(of address: IPAddress) -> Endpoint? {
        state.endpoints
            .filter { $0.isPoliced && $0.addresses.contains(address) }
            .min { $0.created == $1.created ? $0.id < $1.id : $0.created > $1.created }
    }

    /// Whether a selector's two conditions, on namespace and labels, both hold (S7).
    func selects(_ selector: EndpointSelector, _ endpoint: Endpoint) -> Bool {
        let isInScope =
            switch selector.namespaces {
            case .any: true
            case .named(let name): endpoint.id.namespace == name
            case .labelled(let labels): labels.matches(namespaceLabels(endpoint.id.namespace))
            }
        return isInScope && selector.labels.matches(endpoint.labels)
    }

    /// A namespace's labels; where the object is missing, the name's label alone (S11).
    func namespaceLabels(_ name: String) -> [String: String] {
        let namespace = state.namespaces.first { $0.name == name } ?? Namespace(name: name)
        return namespace.effectiveLabels
    }

    /// Whether a packet meets both of a rule's conditions: the other side's and the port's.
    func matches(_ rule: Rule, _ packet: PacketDescription, _ direction: Direction) -> Bool {
        let isPeer =
            switch rule.peers {
            case .anyone: true
            case .only(let peers): peers.contains { includes($0, packet.peer(direction)) }
            }
        let isPort =
            switch rule.ports {
            case .all: true
            case .only(let ports): ports.contains { matches($0, packet) }
            }
        return isPeer && isPort
    }

    /// Whether a peer stands for an address. Selectors know addresses by their owner; blocks
    /// contain them whoever owns them (S15), and an `except` carves from its own block (S16).
    private func includes(_ peer: Peer, _ address: IPAddress) -> Bool {
        switch peer {
        case .endpoints(let selector):
            guard let owner = owner(of: address) else { return false }
            return selects(selector, owner)
        case .network(let block, let exceptions):
            return block.contains(address) && !exceptions.contains { $0.contains(address) }
        }
    }

    /// Whether the packet has the protocol and port. One without ports matches only ``every``, or
    /// a rule that names no ports at all (S32).
    ///
    /// A name stands for the number or numbers that the packet's *destination* gives it for the
    /// protocol, in both directions; on an address that no endpoint owns it stands for nothing
    /// (S27–S29).
    private func matches(_ port: PortMatch, _ packet: PacketDescription) -> Bool {
        switch port {
        case .every(let transport):
            return packet.transport == transport
        case .numbers(let transport, let range):
            guard packet.transport == transport, let number = packet.destinationPort
            else { return false }
            return range.contains(number)
        case .named(let transport, let name):
            guard packet.transport == transport, let number = packet.destinationPort,
                let destination = owner(of: packet.destination)
            else { return false }
            return destination.namedPorts.contains(
                NamedPort(name: name, transport: transport, number: number))
        }
    }
}
