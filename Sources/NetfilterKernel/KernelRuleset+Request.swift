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
        try socket.exchange(buffer, sequence: sequence, for: attempt(), body)
    }
}
