// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import NetworkPrimitives

/// The routes and interfaces of one network namespace, and their changes. Changes nothing and needs
/// no privilege.
///
/// It holds two netlink sockets. Use it from one thread or actor at a time.
public final class RoutingWatch {
    /// How often a dump is begun anew that a change has spoilt.
    private static let patience = 10
    /// Notifications wait here until they are drained, some thousands of them.
    private static let usualRoom = 4 << 20

    private let questions: NetfilterSocket
    private let notifications: NetfilterSocket

    /// The routes of the calling thread's network namespace.
    ///
    /// - Parameter room: how many bytes of notifications may wait; what does not fit is lost, and
    ///   noticed.
    /// - Throws: ``NetlinkError/system(attempt:_:)``.
    public init(room: Int? = nil) throws(NetlinkError) {
        notifications = try NetfilterSocket(bus: NETLINK_ROUTE, groups: RoutingGroup.places)
        notifications.fixReceiveBuffer(room ?? Self.usualRoom)
        questions = try NetfilterSocket(bus: NETLINK_ROUTE)
    }

    /// Readable when something has changed. It stays the watch's; do not read from it or close it.
    public var descriptor: Int32 { notifications.descriptor }

    /// What has changed since the last call.
    ///
    /// - Returns: nil if only ``read()`` tells: notifications were lost, or it is not told of what
    ///   changes with what has.
    /// - Throws: ``NetlinkError/system(attempt:_:)``.
    public func drain() throws(NetlinkError) -> [RoutingChange]? {
        var changes: [RoutingChange] = []
        var isWhole = true
        var hasMore = true
        while hasMore {
            do throws(NetlinkError) {
                let received: Void? = try notifications.receive(
                    waits: false, for: "watch the routes"
                ) { datagram throws(NetlinkError) in
                    for message in NetlinkMessages(datagram) where isWhole {
                        isWhole = Self.add(message, to: &changes)
                    }
                }
                hasMore = received != nil
            } catch .system(_, .noBufferSpace) {
                isWhole = false
            }
        }
        return isWhole ? changes : nil
    }

    /// - Returns: false if the message tells of more than what it says.
    private static func add(_ message: NetlinkMessage, to changes: inout [RoutingChange]) -> Bool {
        switch message.type {
        case RoutingMessage.newRoute:
            guard let route = RouteEntry(message) else { return true }
            let replaces = message.flags & MessageFlag.replace != 0
            changes.append(.route(route, replaces: replaces))
        case RoutingMessage.goneRoute:
            if let route = RouteEntry(message) { changes.append(.noRoute(route)) }
        case RoutingMessage.newLink:
            if let link = RoutedLink(message) { changes.append(.link(link)) }
        case RoutingMessage.goneLink:
            guard message.family == UInt8(AF_UNSPEC),
                let number = message.payload.integer(
                    UInt32.self, at: RoutingMessage.linkNumberOffset)
            else { return true }
            changes.append(.noLink(number))
        // Routes that prefer an address go with it.
        case RoutingMessage.goneAddress: return false
        case RoutingMessage.newRule, RoutingMessage.goneRule: return false
        default: break
        }
        return true
    }

    /// Everything as it is now. What is notified from then on changes it; what was before is
    /// forgotten.
    ///
    /// - Throws: ``NetlinkError/system(attempt:_:)``; ``NetlinkError/unsettled(table:attempts:)`` if
    ///   routes change faster than they can be read.
    public func read() throws(NetlinkError) -> RoutingSnapshot {
        _ = try drain()
        for _ in 1..<Self.patience {
            do throws(NetlinkError) {
                return try readOnce()
            } catch .unsettled {
                continue
            }
        }
        return try readOnce()
    }

    private func readOnce() throws(NetlinkError) -> RoutingSnapshot {
        var snapshot = RoutingSnapshot(guidance: [:])
        try questions.dump(
            RoutingMessage.getLink, ifinfomsg(), for: "list the interfaces",
            // Counters are most of an answer.
            attribute: (LinkAttribute.filter, LinkAttribute.withoutStatistics)
        ) { message throws(NetlinkError) in
            guard message.type == RoutingMessage.newLink else { return }
            if let link = RoutedLink(message) { snapshot.links.append(link) }
        }
        for family in AddressFamily.allCases {
            var header = rtmsg()
            header.rtm_family = family.socketNumber
            try read(family) { () throws(NetlinkError) in
                var rules: [GuidingRule] = []
                try questions.dump(
                    RoutingMessage.getRule, header, for: "list the rules about routes"
                ) { message throws(NetlinkError) in
                    guard message.type == RoutingMessage.newRule,
                        message.family == family.socketNumber, let rule = GuidingRule(message)
                    else { return }
                    rules.append(rule)
                }
                snapshot.guidance[family] = RoutingGuidance(rules)
                try questions.dump(RoutingMessage.getRoute, header, for: "list the routes") {
                    message throws(NetlinkError) in
                    guard message.type == RoutingMessage.newRoute,
                        message.family == family.socketNumber, let route = RouteEntry(message)
                    else { return }
                    snapshot.routes.append(route)
                }
            }
        }
        return snapshot
    }

    /// A kernel may lack a family, or rules.
    private func read(
        _ family: AddressFamily, _ body: () throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        do throws(NetlinkError) {
            try body()
        } catch .system(_, .notSupported) {
            return
        }
    }
}

extension NetfilterSocket {
    /// Asks routing for all of one thing.
    func dump<Header: BitwiseCopyable>(
        _ type: UInt16, _ header: Header, for attempt: @autoclosure () -> String,
        attribute: (type: UInt16, value: UInt32)? = nil,
        _ body: (NetlinkMessage) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        // Room for the headers and one attribute.
        let limit = 256
        let sequence = takeSequence()
        let buffer = MessageBuffer(capacity: limit)
        buffer.appendMessage(
            type: type, flags: MessageFlag.dump, header: header, sequence: sequence, limit: limit
        ) { message in
            if let attribute { mnl_attr_put_u32(message, attribute.type, attribute.value) }
        }
        try exchange(buffer, sequence: sequence, for: attempt(), body)
    }
}
