// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

extension NetfilterSocket {
    /// Sends one request and passes all messages of its answer to `body`.
    ///
    /// - Parameters:
    ///   - request: one message, which asks for a dump or for an acknowledgement: that is where
    ///     the answer ends.
    ///   - sequence: the message's sequence number.
    /// - Throws: ``NetlinkError/system(attempt:_:)`` with the kernel's errno,
    ///   ``NetlinkError/unsettled(table:attempts:)`` if objects changed during the dump.
    func exchange(
        _ request: MessageBuffer, sequence: UInt32, for attempt: @autoclosure () -> String,
        _ body: (NetlinkMessage) throws(NetlinkError) -> Void
    ) throws(NetlinkError) {
        try send(request, for: attempt())
        var isDone = false
        var failure: NetlinkError?
        while !isDone {
            let received: Void? = try receive(waits: true, for: attempt()) {
                datagram throws(NetlinkError) in
                for message in NetlinkMessages(datagram) where message.sequence == sequence {
                    messagesRead += 1
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
