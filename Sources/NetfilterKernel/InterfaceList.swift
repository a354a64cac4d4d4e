// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import NetworkPrimitives

/// The interfaces of one network namespace, and notice of their changes. Changes nothing and needs
/// no privilege.
///
/// It holds two netlink sockets. Use it from one thread or actor at a time.
public final class InterfaceList {
    /// How often a dump is begun anew that a change has spoilt.
    private static let patience = 10
    /// Notifications wait here until they are drained. Which ones are lost makes no difference.
    private static let notificationRoom = 1 << 16

    private let questions: NetfilterSocket
    private let notifications: NetfilterSocket

    /// The interfaces of the calling thread's network namespace.
    ///
    /// - Throws: ``NetlinkError/system(attempt:_:)``.
    public init() throws(NetlinkError) {
        notifications = try NetfilterSocket(bus: NETLINK_ROUTE, groups: RoutingGroup.interfaces)
        notifications.fixReceiveBuffer(Self.notificationRoom)
        questions = try NetfilterSocket(bus: NETLINK_ROUTE)
    }

    /// Readable when an interface or an address has come or gone. It stays the list's; do not read
    /// from it or close it.
    public var descriptor: Int32 { notifications.descriptor }

    /// Reads and forgets what has been notified so far.
    ///
    /// - Throws: ``NetlinkError/system(attempt:_:)``.
    public func drain() throws(NetlinkError) {
        var hasMore = true
        while hasMore {
            do throws(NetlinkError) {
                let received: Void? = try notifications.receive(
                    waits: false, for: "watch the interfaces"
                ) { _ throws(NetlinkError) in }
                hasMore = received != nil
            } catch .system(_, .noBufferSpace) {
                continue
            }
        }
    }

    /// All interfaces with their addresses, by name.
    ///
    /// - Throws: ``NetlinkError/system(attempt:_:)``; ``NetlinkError/unsettled(table:attempts:)`` if
    ///   they change faster than they can be read.
    public func read() throws(NetlinkError) -> [NetworkInterface] {
        for _ in 1..<Self.patience {
            do throws(NetlinkError) {
                return try readOnce()
            } catch .unsettled {
                continue
            }
        }
        return try readOnce()
    }

    private func readOnce() throws(NetlinkError) -> [NetworkInterface] {
        var names: [UInt32: String] = [:]
        try questions.dump(
            RoutingMessage.getLink, ifinfomsg(), for: "list the interfaces",
            // Counters are most of an answer.
            attribute: (LinkAttribute.filter, LinkAttribute.withoutStatistics)
        ) { message throws(NetlinkError) in
            guard message.type == RoutingMessage.newLink,
                let number = message.payload.integer(
                    UInt32.self, at: RoutingMessage.linkNumberOffset),
                let name = message.attributes(behind: RoutingMessage.linkHeaderLength)
                    .first(LinkAttribute.name)?.string
            else { return }
            names[number] = name
        }
        var addresses: [UInt32: [IPAddress]] = [:]
        try questions.dump(
            RoutingMessage.getAddress, ifaddrmsg(), for: "list the interfaces' addresses"
        ) {
            message throws(NetlinkError) in
            guard message.type == RoutingMessage.newAddress,
                let number = message.payload.integer(
                    UInt32.self, at: RoutingMessage.addressInterfaceOffset),
                let address = IPAddress(
                    message.attributes(behind: RoutingMessage.addressHeaderLength))
            else { return }
            addresses[number, default: []].append(address)
        }
        return names.map { number, name in
            NetworkInterface(name: name, addresses: (addresses[number] ?? []).sorted())
        }.sorted { $0.name < $1.name }
    }
}
