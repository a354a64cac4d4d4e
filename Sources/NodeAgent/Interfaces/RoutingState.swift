// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives

/// The routes and interfaces of the node, as far as they tell behind which interface an address is.
///
/// A change costs in proportion to the routes of its destination and its interfaces.
struct RoutingState {
    // Every interface has routes to link-local addresses, which tell nothing.

    /// The routes to single addresses, of all tables.
    private var toAddresses: [IPAddress: [RouteEntry]] = [:]
    /// The routes to blocks that lead out of some interface, of all tables.
    private var toBlocks: [RouteEntry.Key: [RouteEntry]] = [:]
    /// All of these routes by the interfaces that they lead to.
    private var byInterface: [UInt32: Set<RouteEntry>] = [:]
    private var links: [UInt32: RoutedLink] = [:]
    private var guidance: [AddressFamily: RoutingGuidance] = [:]

    /// A node without interfaces.
    init() {}

    /// What a snapshot tells.
    init(_ snapshot: RoutingSnapshot) {
        guidance = snapshot.guidance
        for link in snapshot.links { links[link.number] = link }
        for route in snapshot.routes { insert(route) }
    }

    // MARK: Where addresses are

    /// The interface behind which the owner of these addresses is, and nobody else: nil unless that is
    /// certain (S90).
    func interface(of addresses: [IPAddress]) -> String? {
        guard let first = addresses.first, let number = interface(toward: first),
            addresses.dropFirst().allSatisfy({ interface(toward: $0) == number }),
            let link = links[number], link.isCable,
            byInterface[number]?.allSatisfy({ $0.isTo(oneOf: addresses) }) ?? false
        else { return nil }
        return link.name
    }

    /// The interface to which all routes to the one address lead directly, one of them in the table
    /// that the kernel asks for it.
    private func interface(toward address: IPAddress) -> UInt32? {
        guard let guidance = guidance[address.family], let table = guidance.table,
            !guidance.exceptions.contains(where: { $0.contains(address) }),
            let routes = toAddresses[address],
            routes.contains(where: { $0.key.table == table }),
            case .direct(let number) = routes[0].way,
            routes.allSatisfy({ $0.way == .direct(number) && $0.key.service == 0 })
        else { return nil }
        return number
    }

    // MARK: Changes

    /// Takes a change.
    ///
    /// - Parameter concerned: gets the addresses whose interface may be another one now.
    /// - Returns: false if only a new snapshot tells what has come of it.
    mutating func apply(
        _ change: RoutingChange, concerned: inout Set<IPAddress>
    ) -> Bool {
        switch change {
        case .link(let link):
            if link.isUp, links[link.number] == link { return true }
            addAddresses(behind: link.number, to: &concerned)
            links[link.number] = link
            if !link.isUp { return removeRoutes(of: link.number, &concerned) }
        case .noLink(let number):
            addAddresses(behind: number, to: &concerned)
            links[number] = nil
            return removeRoutes(of: number, &concerned)
        case .route(let route, _) where route.isLinkLocal: break
        case .noRoute(let route) where route.isLinkLocal: break
        case .route(let route, let replaces):
            let rivals = routes(besides: route)
            if rivals.contains(route) { return true }
            // Which of several is replaced, or whether they become ways of one route, is not told.
            guard rivals.count <= (replaces ? 1 : 0) else { return false }
            for former in rivals { remove(former, &concerned) }
            insert(route)
            addAddresses(of: route, to: &concerned)
        case .noRoute(let route):
            let rivals = routes(besides: route)
            if rivals.isEmpty { return true }
            // Of a route with several ways it may be one way. One to the node itself may be there
            // twice, by two interfaces.
            guard rivals.count == 1, rivals[0].interfaces == route.interfaces,
                route.way != .inward
            else { return false }
            remove(rivals[0], &concerned)
        }
        return true
    }

    /// The routes of the same key.
    private func routes(besides route: RouteEntry) -> [RouteEntry] {
        if let address = route.key.destination.onlyAddress {
            return (toAddresses[address] ?? []).filter { $0.key == route.key }
        }
        // Routes to blocks matter only for the interfaces that they lead to.
        return toBlocks[route.key] ?? []
    }

    private mutating func insert(_ route: RouteEntry) {
        if route.isLinkLocal { return }
        if let address = route.key.destination.onlyAddress {
            toAddresses[address, default: []].append(route)
        } else if !route.interfaces.isEmpty {
            toBlocks[route.key, default: []].append(route)
        }
        for number in route.interfaces { byInterface[number, default: []].insert(route) }
    }

    private mutating func remove(_ route: RouteEntry, _ concerned: inout Set<IPAddress>) {
        addAddresses(of: route, to: &concerned)
        remove(route)
    }

    private mutating func remove(_ route: RouteEntry) {
        if let address = route.key.destination.onlyAddress {
            toAddresses[address]?.removeAll { $0 == route }
            if toAddresses[address]?.isEmpty ?? false { toAddresses[address] = nil }
        } else {
            toBlocks[route.key]?.removeAll { $0 == route }
            if toBlocks[route.key]?.isEmpty ?? false { toBlocks[route.key] = nil }
        }
        for number in route.interfaces {
            byInterface[number]?.remove(route)
            if byInterface[number]?.isEmpty ?? false { byInterface[number] = nil }
        }
    }

    /// - Returns: false if one of them may have other ways that stay, which is not told.
    private mutating func removeRoutes(
        of number: UInt32, _ concerned: inout Set<IPAddress>
    ) -> Bool {
        for route in byInterface[number] ?? [] {
            if route.interfaces.count > 1 { return false }
            remove(route, &concerned)
        }
        return true
    }

    // MARK: Who is concerned

    private func addAddresses(of route: RouteEntry, to addresses: inout Set<IPAddress>) {
        if let address = route.key.destination.onlyAddress { addresses.insert(address) }
        for number in route.interfaces { addAddresses(behind: number, to: &addresses) }
    }

    private func addAddresses(behind number: UInt32, to addresses: inout Set<IPAddress>) {
        for route in byInterface[number] ?? [] {
            if let address = route.key.destination.onlyAddress { addresses.insert(address) }
        }
    }
}

extension CIDR {
    /// The address of a block that has no other.
    fileprivate var onlyAddress: IPAddress? {
        prefixLength == (family == .ipv4 ? 32 : 128) ? network : nil
    }
}

extension RouteEntry {
    private static let linkLocal = CIDR("fe80::/10")!

    fileprivate var isLinkLocal: Bool {
        key.destination.family == .ipv6 && Self.linkLocal.contains(key.destination)
    }

    fileprivate func isTo(oneOf addresses: [IPAddress]) -> Bool {
        key.destination.onlyAddress.map(addresses.contains) ?? false
    }
}
