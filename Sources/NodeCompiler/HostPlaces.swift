// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import PolicyModel

/// What each of a node's host endpoints governs.
///
/// An interface belongs to a host endpoint that has its name, or that has no name and expects an
/// address which the interface has: of several to the first by name. One for every interface gets
/// those that are left over.
struct HostPlaces {
    private var places: [EndpointID: HostPlace] = [:]

    init(_ hosts: [Endpoint], node: Node?) {
        let hosts = hosts.sorted { $0.id < $1.id }
        let interfaces = node?.interfaces ?? []
        let single = hosts.filter { !$0.isForEveryInterface }
        let known = Dictionary(interfaces.map { ($0.name, $0) }) { first, _ in first }
        let names = Set(known.keys).union(single.compactMap { $0.particulars?.interface })
        for name in names.sorted() {
            let interface = known[name] ?? NodeInterface(name: name, addresses: [])
            guard let owner = single.first(where: { $0.means(interface) }) else { continue }
            places[owner.id] = places[owner.id].adding(name)
        }
        if interfaces.isEmpty {
            var taken: Set<IPAddress> = []
            for host in single where host.particulars?.interface == nil {
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

    /// Whether it has the interface's name, or expects one of its addresses.
    fileprivate func means(_ interface: NodeInterface) -> Bool {
        if let name = particulars?.interface { return name == interface.name }
        return addresses.contains(where: interface.addresses.contains)
    }
}

extension HostPlace? {
    fileprivate func adding(_ name: String) -> HostPlace {
        if case .interfaces(let names) = self { return .interfaces(names + [name]) }
        return .interfaces([name])
    }
}
