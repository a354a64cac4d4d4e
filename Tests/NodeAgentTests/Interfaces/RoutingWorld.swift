// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NetworkPrimitives
import PolicyModel
import PolicyTestKit

/// Routes, interfaces and pods that change at random, in so narrow a space that they get into each
/// other's way, with what a kernel tells of each change.
struct RoutingWorld {
    private(set) var endpoints: [EndpointID: Endpoint] = [:]
    private var routes: [RouteEntry.Key: RouteEntry] = [:]
    private var links: [UInt32: RoutedLink] = [:]
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    var snapshot: RoutingSnapshot {
        RoutingSnapshot(routes: Array(routes.values), links: Array(links.values))
    }

    // MARK: Pods

    /// Some pods come, go or change.
    mutating func changePods() -> [ClusterChange] {
        (0..<random.number(in: 1...3)).map { _ in
            let id = EndpointID(namespace: "a", name: "pod\(random.number(in: 0...5))")
            let value = random.chance(25) ? nil : pod(id)
            endpoints[id] = value
            return .endpoint(id, value)
        }
    }

    private mutating func pod(_ id: EndpointID) -> Endpoint {
        var pod = Endpoint(id: id, node: random.chance(75) ? "alpha" : "beta")
        let own = UInt32(id.name.utf8.last! - UInt8(ascii: "0"))
        // Mostly its own.
        pod.addresses = [.ipv4(0x0A01_0000 + (random.chance(80) ? own : bits()))]
        if random.chance(50) { pod.addresses.append(.ipv6(UInt128(0xFD) << 120 + UInt128(own))) }
        pod.isFinished = random.chance(5)
        if random.chance(5) { pod.particulars = EndpointParticulars(interface: "told") }
        return pod
    }

    private mutating func bits() -> UInt32 { UInt32(random.number(in: 0...5)) }

    // MARK: Routes

    /// Something changes in the kernel, which tells of it.
    mutating func changeRouting() -> [RoutingChange] {
        switch random.number(in: 0...9) {
        case 0, 1:
            let number = number()
            let link = RoutedLink(
                number: number, name: "veth\(number)", kind: random.chance(85) ? "veth" : "vxlan",
                isPort: random.chance(5), endsElsewhere: random.chance(90),
                isUp: random.chance(90))
            links[number] = link
            if !link.isUp { forgetRoutes(of: number) }
            return [.link(link)]
        case 2 where random.chance(50):
            let number = number()
            links[number] = nil
            forgetRoutes(of: number)
            return [.noLink(number)]
        case 3, 4:
            if routes.isEmpty { return [] }
            let route = random.pick(routes.values.sorted { "\($0)" < "\($1)" })
            routes[route.key] = nil
            return [.noRoute(route)]
        default:
            let route = route()
            let replaces = routes[route.key] != nil
            routes[route.key] = route
            return [.route(route, replaces: replaces)]
        }
    }

    private mutating func number() -> UInt32 { 1 + bits() }

    private mutating func forgetRoutes(of number: UInt32) {
        routes = routes.filter { !$0.value.interfaces.contains(number) }
    }

    private mutating func route() -> RouteEntry {
        let own = bits()
        let number = random.chance(80) ? own + 1 : number()
        let way: RouteEntry.Way =
            random.chance(85)
            ? .direct(number) : random.chance(50) ? .onward([number, self.number()]) : .nowhere
        let destination =
            random.chance(10)
            ? CIDR("10.1.0.0/29")!
            : random.chance(60)
                ? CIDR(.ipv4(0x0A01_0000 + own), prefixLength: 32)
                : CIDR(.ipv6(UInt128(0xFD) << 120 + UInt128(own)), prefixLength: 128)
        return RouteEntry(
            .init(
                destination, table: random.chance(90) ? 254 : 9,
                priority: random.chance(90) ? 0 : 5), way)
    }
}
