// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import NetworkPrimitives

/// Asks the kernel where it would send packets in one network namespace. Changes nothing and needs
/// no privilege.
///
/// It holds one netlink socket. Use it from one thread or actor at a time.
public struct RouteLookup {
    /// Room for the headers and one attribute.
    private static let requestLimit = 256

    /// What the kernel answers without a route, and for routes of type unreachable, prohibit and
    /// blackhole (`fib_props` of `net/ipv4/fib_semantics.c`).
    private static let refusals: Set<ErrorNumber> = [
        .networkUnreachable, .hostUnreachable, .accessDenied, .invalid,
    ]

    private let socket: NetfilterSocket

    /// Looks at the routes of the calling thread's network namespace.
    ///
    /// - Throws: ``NetlinkError/system(attempt:_:)``.
    public init() throws(NetlinkError) {
        socket = try NetfilterSocket(bus: NETLINK_ROUTE)
    }

    /// The number of the interface out of which packets go to the address's owner itself.
    ///
    /// - Returns: nil without a route, if the route leads through a gateway, behind which nothing
    ///   is known, and if it leads nowhere or to this node.
    /// - Throws: ``NetlinkError/system(attempt:_:)``, such as for a family that the kernel lacks.
    public func interface(toward address: IPAddress) throws(NetlinkError) -> UInt32? {
        var header = rtmsg()
        header.rtm_family = address.family.socketNumber
        let bytes = address.bytes
        header.rtm_dst_len = UInt8(bytes.count * 8)
        var interface: UInt32?
        do throws(NetlinkError) {
            try ask(
                RoutingMessage.getRoute, header, for: "look up the route to \(address)",
                attribute: (RouteAttribute.destination, bytes)
            ) { message throws(NetlinkError) in
                guard message.type == RoutingMessage.newRoute else { return }
                interface = Self.directInterface(message)
            }
        } catch .system(_, let error) where Self.refusals.contains(error) {
            return nil
        }
        return interface
    }

    /// The interface of this number.
    ///
    /// - Returns: nil if it is gone.
    /// - Throws: ``NetlinkError/system(attempt:_:)``.
    public func link(_ number: UInt32) throws(NetlinkError) -> NetworkLink? {
        var header = ifinfomsg()
        header.ifi_index = Int32(bitPattern: number)
        var link: NetworkLink?
        do throws(NetlinkError) {
            try ask(RoutingMessage.getLink, header, for: "look at interface \(number)") {
                message throws(NetlinkError) in
                guard message.type == RoutingMessage.newLink else { return }
                link = NetworkLink(message.attributes(behind: RoutingMessage.linkHeaderLength))
            }
        } catch .system(_, .noDevice) {
            return nil
        }
        return link
    }

    private static func directInterface(_ message: NetlinkMessage) -> UInt32? {
        let type: UInt8? = message.payload.integer(at: RoutingMessage.routeTypeOffset)
        let attributes = message.attributes(behind: RoutingMessage.routeHeaderLength)
        guard type == RoutingMessage.unicast, attributes.first(RouteAttribute.gateway) == nil,
            attributes.first(RouteAttribute.via) == nil
        else { return nil }
        // Routing's integers are in the host's byte order.
        return attributes.first(RouteAttribute.outputInterface)?.integer(at: 0)
    }

    private func ask<Header: BitwiseCopyable>(
        _ type: UInt16, _ header: Header, for attempt: @autoclosure () -> String,
        attribute: (type: UInt16, value: [UInt8])? = nil,
        _ body: (NetlinkMessage) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        let sequence = socket.takeSequence()
        let buffer = MessageBuffer(capacity: Self.requestLimit)
        buffer.appendMessage(
            type: type, flags: MessageFlag.acknowledge, header: header, sequence: sequence,
            limit: Self.requestLimit
        ) { message in
            guard let attribute else { return }
            mnl_attr_put(message, attribute.type, attribute.value.count, attribute.value)
        }
        try socket.exchange(buffer, sequence: sequence, for: attempt(), body)
    }
}
