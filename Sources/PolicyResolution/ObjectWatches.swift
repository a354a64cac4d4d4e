// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The peers that somebody follows and that other objects than endpoints give members, with these.
struct ObjectWatches {
    private struct Watch {
        var peer: EndpointPeer
        var addresses = EndpointAddresses()
        var blocks = AddressSet.empty
    }

    private var ofServices: [ServiceID: [Int: Watch]] = [:]
    private var ofNodes: [Int: Watch] = [:]
    private var ofNetworkSets: [Int: Watch] = [:]
    private var ports: [ServiceID: [Int: [ServicePort]]] = [:]

    private var changedServices: Set<ServiceID> = []
    private var areNodesChanged = false
    /// Network sets as they were and as they are, as far as they have changed.
    private var changedTargets: [SelectorTarget] = []

    // MARK: Following

    mutating func add(
        _ number: Int, _ peer: EndpointPeer, _ objects: PeerObjects, _ inherited: InheritedLabels
    ) {
        var watch = Watch(peer: peer)
        switch peer.source {
        case .service(let service, let port):
            watch.addresses = objects.addresses(of: service, port)
            ofServices[service, default: [:]][number] = watch
        case .nodes(let selector):
            watch.addresses = objects.addresses(ofNodes: selector)
            ofNodes[number] = watch
        case .endpoints where peer.mayHoldBlocks:
            watch.blocks = objects.blocks(of: peer, inherited)
            ofNetworkSets[number] = watch
        case .endpoints: break
        }
    }

    mutating func add(_ number: Int, portsOf service: ServiceID, _ objects: PeerObjects) {
        ports[service, default: [:]][number] = objects.ports(of: service)
    }

    mutating func remove(_ number: Int) {
        ofNodes[number] = nil
        ofNetworkSets[number] = nil
        for service in ofServices.keys where ofServices[service]?[number] != nil {
            ofServices[service]![number] = nil
            if ofServices[service]!.isEmpty { ofServices[service] = nil }
        }
        for service in ports.keys where ports[service]?[number] != nil {
            ports[service]![number] = nil
            if ports[service]!.isEmpty { ports[service] = nil }
        }
    }

    // MARK: What changes

    mutating func noteNodes() { areNodesChanged = true }

    mutating func note(_ services: [ServiceID]) { changedServices.formUnion(services) }

    mutating func note(_ networkSet: SelectorTarget) {
        if !ofNetworkSets.isEmpty { changedTargets.append(networkSet) }
    }

    /// Adds to the change what has changed since the last call.
    mutating func take(
        into change: inout ResolutionChange, _ objects: PeerObjects, _ inherited: InheritedLabels
    ) {
        for service in changedServices {
            for (number, watch) in ofServices[service] ?? [:] {
                guard case .service(_, let port) = watch.peer.source else { continue }
                let addresses = objects.addresses(of: service, port)
                change.note(number, from: watch.addresses, to: addresses)
                ofServices[service]![number]!.addresses = addresses
            }
            for (number, former) in ports[service] ?? [:] {
                let present = objects.ports(of: service)
                if former != present { change.questions.insert(number) }
                ports[service]![number] = present
            }
        }
        if areNodesChanged { takeNodes(into: &change, objects) }
        if !changedTargets.isEmpty { takeNetworkSets(into: &change, objects, inherited) }
        changedServices = []
        areNodesChanged = false
        changedTargets = []
    }

    private mutating func takeNodes(into change: inout ResolutionChange, _ objects: PeerObjects) {
        for (number, watch) in ofNodes {
            guard case .nodes(let selector) = watch.peer.source else { continue }
            let addresses = objects.addresses(ofNodes: selector)
            change.note(number, from: watch.addresses, to: addresses)
            ofNodes[number]!.addresses = addresses
        }
    }

    private mutating func takeNetworkSets(
        into change: inout ResolutionChange, _ objects: PeerObjects, _ inherited: InheritedLabels
    ) {
        for (number, watch) in ofNetworkSets {
            guard let selector = watch.peer.selector,
                changedTargets.contains(where: { selector.matches($0) })
            else { continue }
            let blocks = objects.blocks(of: watch.peer, inherited)
            if blocks != watch.blocks { change.blocks.insert(number) }
            ofNetworkSets[number]!.blocks = blocks
        }
    }
}

extension ResolutionChange {
    fileprivate mutating func note(
        _ number: Int, from former: EndpointAddresses, to present: EndpointAddresses
    ) {
        if former == present { return }
        var change = AddressChange()
        change.added = present.subtracting(former)
        change.removed = former.subtracting(present)
        members[number] = change
    }
}

extension EndpointAddresses {
    fileprivate func subtracting(_ other: EndpointAddresses) -> EndpointAddresses {
        let known4 = Set(other.ipv4)
        let known6 = Set(other.ipv6)
        return EndpointAddresses(
            ipv4: ipv4.filter { !known4.contains($0) }, ipv6: ipv6.filter { !known6.contains($0) })
    }
}
