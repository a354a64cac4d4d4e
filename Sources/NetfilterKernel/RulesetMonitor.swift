// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// Hears of all changes to one network namespace's ruleset, and tells which of them concern one
/// table of family `inet` and are not our own.
///
/// Other tables' notifications are read no further than to the table's name: a neighbour that
/// makes thousands of changes a second costs next to nothing.
///
/// It holds one netlink socket. Use it from one thread or actor at a time.
public final class RulesetMonitor {
    private let socket: NetfilterSocket
    private var reader: NotificationReader

    /// Hears of changes in the calling thread's network namespace from now on.
    ///
    /// - Parameters:
    ///   - table: the table's name.
    ///   - ports: of the sockets whose changes are our own: ``KernelRuleset/port``.
    /// - Throws: ``NetlinkError/system(attempt:_:)``.
    public init(table: String, ignoring ports: Set<UInt32> = []) throws(NetlinkError) {
        reader = NotificationReader(table: table, ownPorts: ports)
        socket = try Self.open(ports)
    }

    /// The same for another network namespace, which is entered only to open the socket.
    ///
    /// - Throws: ``NetlinkError/system(attempt:_:)``.
    public init(
        table: String, ignoring ports: Set<UInt32> = [], in namespace: NetworkNamespace
    ) throws(NetlinkError) {
        reader = NotificationReader(table: table, ownPorts: ports)
        let opened = try namespace.run { () -> Result<NetfilterSocket, NetlinkError> in
            do throws(NetlinkError) {
                return .success(try Self.open(ports))
            } catch {
                return .failure(error)
            }
        }
        socket = try opened.get()
    }

    private static func open(_ ownPorts: Set<UInt32>) throws(NetlinkError) -> NetfilterSocket {
        let socket = try NetfilterSocket(groups: [Netfilter.notificationGroup])
        if !ownPorts.isEmpty {
            NotificationFilter(withholding: ownPorts).attach(to: socket.descriptor)
        }
        return socket
    }

    /// The socket's file descriptor: readable when there is something to ``drain()``. It stays the
    /// monitor's; do not read from it or close it.
    public var descriptor: Int32 { socket.descriptor }

    /// Sets the room for notifications that wait to be drained, in bytes as the kernel accounts
    /// them. It is 4 MiB unless set, twice of which the kernel grants: room for about 5,000
    /// transactions, or 60,000 elements of one. Our own changes take none but for their ends.
    public func setBufferSize(_ size: Int) { socket.fixReceiveBuffer(size) }

    /// Reads all notifications that have come, and waits for none.
    ///
    /// - Throws: ``NetlinkError/system(attempt:_:)``, ``NetlinkError/malformed(_:)``. What was read
    ///   before is lost then: read everything.
    public func drain() throws(NetlinkError) -> MonitorReport {
        var report = MonitorReport()
        var hasMore = true
        while hasMore {
            do throws(NetlinkError) {
                let received: Void? = try socket.receive(waits: false, for: "watch the ruleset") {
                    datagram throws(NetlinkError) in
                    for message in NetlinkMessages(datagram) { reader.add(message, &report) }
                }
                hasMore = received != nil
            } catch .system(_, .noBufferSpace) {
                report.overflowed = true
                report.touched = .everything
                reader.startAnew()
            }
        }
        return report
    }
}
