// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import PolicyModel

/// What each of a node's host endpoints governs.
///
/// An interface belongs to the host endpoint that has its name; without one, to the one that expects
/// an address which the interface has; without either, to one for every interface. Of several the
/// first by name counts.
struct HostPlaces {
    private var places: [EndpointID: HostPlace] = [:]

    init(_ hosts: [Endpoint], node: Node?) {
        let hosts = hosts.sorted { $0.id < $1.id }
        var owners: [String: EndpointID] = [:]
        for host in hosts {
            guard let name = host.particulars?.interface, !host.isForEveryInterface else {
                continue
            }
            if owners[name] == nil { owners[name] = host.id }
        }
        let expecting = hosts.filter { $0.particulars?.interface == nil }
        for interface in node?.interfaces ?? [] where owners[interface.name] == nil {
            owners[interface.name] =
                expecting.first { host in
                    host.addresses.contains { interface.addresses.contains($0) }
                }?.id
        }
        for (id, owned) in Dictionary(grouping: owners.keys, by: { owners[$0]! }) {
            places[id] = .interfaces(owned.sorted())
        }
        if node?.interfaces.isEmpty ?? true {
            var taken: Set<IPAddress> = []
            for host in expecting {
                let own = host.addresses.filter { taken.insert($0).inserted }
                if !own.isEmpty { places[host.id] = .addresses(own) }
            }
        }
        if let first = hosts.first(where: \.isForEveryInterface) {
            places[first.id] = .everyInterface
        }
    }

    /// What the host endpoint governs; nil where that is nothing.
    subscript(id: EndpointID) -> HostPlace? { places[id] }
}

extension Endpoint {
    fileprivate var isForEveryInterface: Bool {
        particulars?.interface == EndpointParticulars.everyInterface
    }
}
