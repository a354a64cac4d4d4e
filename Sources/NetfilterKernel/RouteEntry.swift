// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import NetworkPrimitives

/// A route of one network namespace, as far as it tells where an address is.
public struct RouteEntry: Hashable, Sendable {
    /// What tells a route from others, but for those that stand beside it on an equal footing.
    public struct Key: Hashable, Sendable {
        /// The addresses that it is for.
        public var destination: CIDR
        /// The number of its table.
        public var table: UInt32
        /// The type of service that it is for; 0 for any.
        public var service: UInt8
        /// Lower ones come first.
        public var priority: UInt32

        /// A key of these parts.
        public init(
            _ destination: CIDR, table: UInt32, service: UInt8 = 0, priority: UInt32 = 0
        ) {
            self.destination = destination
            self.table = table
            self.service = service
            self.priority = priority
        }
    }

    /// Where it leads.
    public enum Way: Hashable, Sendable {
        /// To the addresses' owners themselves, out of the interface of this number.
        case direct(UInt32)
        /// Out of these interfaces, in a way that does not tell where the owners are: through a
        /// gateway, by several ways, in a tunnel, or by a route that is not used now.
        case onward([UInt32])
        /// To the node itself, or to a group of which it is one.
        case inward
        /// Nowhere: the packets are refused.
        case nowhere
    }

    /// What tells it from others.
    public var key: Key
    /// Where it leads.
    public var way: Way

    /// A route of these parts.
    public init(_ key: Key, _ way: Way) {
        self.key = key
        self.way = way
    }

    /// The interfaces out of which packets may go.
    public var interfaces: [UInt32] {
        switch way {
        case .direct(let number): [number]
        case .onward(let numbers): numbers
        case .inward, .nowhere: []
        }
    }
}

extension RouteEntry {
    /// From `RTM_NEWROUTE` or `RTM_DELROUTE`; nil for what is no route of IPv4 or IPv6, or the copy
    /// of another one.
    init?(_ message: NetlinkMessage) {
        let header = message.payload
        guard let family = header.integer(UInt8.self, at: 0).flatMap(AddressFamily.init(socket:)),
            let length = header.integer(UInt8.self, at: 1).map(Int.init),
            length <= (family == .ipv4 ? 32 : 128),
            let sourceLength = header.integer(UInt8.self, at: 2),
            let service = header.integer(UInt8.self, at: 3),
            let shortTable = header.integer(UInt8.self, at: 4),
            let type = header.integer(UInt8.self, at: RoutingMessage.routeTypeOffset),
            let flags = header.integer(UInt32.self, at: 8), flags & RoutingMessage.copied == 0
        else { return nil }
        let attributes = message.attributes(behind: RoutingMessage.routeHeaderLength)
        guard let network = IPAddress(attributes.first(RouteAttribute.destination), family) else {
            return nil
        }
        let table = attributes.first(RouteAttribute.table)?.integer(UInt32.self, at: 0)
        self.init(
            Key(
                CIDR(network, prefixLength: length), table: table ?? UInt32(shortTable),
                service: service,
                priority: attributes.first(RouteAttribute.priority)?.integer(at: 0) ?? 0),
            Self.way(
                attributes, type: type,
                isPlain: sourceLength == 0 && flags & RoutingMessage.dead == 0))
    }

    private static func way(_ attributes: AttributeList, type: UInt8, isPlain: Bool) -> Way {
        if RoutingMessage.inward.contains(type) { return .inward }
        guard type == RoutingMessage.unicast else { return .nowhere }
        let single: UInt32? = attributes.first(RouteAttribute.outputInterface)?.integer(at: 0)
        let tellsNothing = [
            RouteAttribute.gateway, RouteAttribute.via, RouteAttribute.nextHop,
            RouteAttribute.encapsulation, RouteAttribute.ways,
        ].contains { attributes.first($0) != nil }
        if let single, isPlain, !tellsNothing { return .direct(single) }
        var interfaces = [single].compactMap(\.self)
        var ways = attributes.first(RouteAttribute.ways) ?? .empty
        while let length = ways.integer(UInt16.self, at: 0).map(Int.init),
            length >= RouteAttribute.wayLength, length <= ways.count,
            let number = ways.integer(UInt32.self, at: RouteAttribute.wayInterfaceOffset)
        {
            interfaces.append(number)
            ways = ways.slice(from: (length + 3) & ~3)
        }
        return .onward(interfaces)
    }
}

extension AddressFamily {
    /// The family that sockets and routes know by this number.
    init?(socket number: UInt8) {
        guard let family = Self.allCases.first(where: { $0.socketNumber == number }) else {
            return nil
        }
        self = family
    }
}

extension IPAddress {
    /// An attribute's address; one that is left out is zero.
    init?(_ value: ByteView?, _ family: AddressFamily) {
        switch family {
        case .ipv4:
            guard let bits = value.map({ $0.networkInteger(UInt32.self) }) ?? 0 else { return nil }
            self = .ipv4(bits)
        case .ipv6:
            guard let bits = value.map({ $0.networkInteger(UInt128.self) }) ?? 0 else { return nil }
            self = .ipv6(bits)
        }
    }
}
