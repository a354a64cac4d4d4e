// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter

extension KernelRuleset {
    /// Sends one request and passes all messages of its answer to `body`.
    ///
    /// - Parameters:
    ///   - isDump: whether all objects are asked for, in as many parts as it takes.
    ///   - names: attributes that select objects.
    /// - Throws: ``NetlinkError/system(attempt:_:)`` with the kernel's errno,
    ///   ``NetlinkError/unsettled(table:attempts:)`` if objects changed during the dump.
    func request(
        _ type: UInt16, isDump: Bool = false, family: UInt8 = Netfilter.familyInet,
        names: [(type: UInt16, name: String)] = [], for attempt: @autoclosure () -> String,
        _ body: (NetlinkMessage) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        let sequence = socket.takeSequence()
        let buffer = MessageBuffer(capacity: 2048)
        buffer.appendMessage(
            type: type, flags: isDump ? MessageFlag.dump : MessageFlag.acknowledge, family: family,
            sequence: sequence, limit: 2048
        ) { message in
            for (type, name) in names { mnl_attr_put_strz(message, type, name) }
        }
        try socket.send(buffer, for: attempt())
        var isDone = false
        var failure: NetlinkError?
        while !isDone {
            let received: Void? = try socket.receive(waits: true, for: attempt()) {
                datagram throws(NetlinkError) in
                for message in NetlinkMessages(datagram) where message.sequence == sequence {
                    if message.flags & MessageFlag.dumpInterrupted != 0 {
                        failure = failure ?? .unsettled(table: attempt(), attempts: 1)
                    }
                    switch message.type {
                    case MessageType.error, MessageType.done:
                        isDone = true
                        if let status = message.status, status < 0 {
                            let error = ErrorNumber(rawValue: 0 &- status)
                            failure = failure ?? .system(attempt: attempt(), error)
                        }
                    default:
                        guard failure == nil else { continue }
                        do throws(NetlinkError) {
                            try body(message)
                        } catch {
                            // What the kernel still sends belongs to this request, not to the next.
                            failure = error
                        }
                    }
                }
            }
            precondition(received != nil)
        }
        if let failure { throw failure }
    }
}
