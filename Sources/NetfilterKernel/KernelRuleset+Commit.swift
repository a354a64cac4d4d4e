// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import RulesetDiff

extension KernelRuleset {
    /// Carries out the transaction's steps, all or none.
    ///
    /// Adding what is there already is no error, as with `nft add`. A table that is to be deleted
    /// need not exist. Returns when the kernel has acknowledged the commit.
    ///
    /// - Throws: ``NetlinkError/refused(_:)`` with each step that the kernel refused,
    ///   ``NetlinkError/generationChanged(expected:)``, or another ``NetlinkError``. Nothing was
    ///   changed then, except that ``NetlinkError/unacknowledged(table:)`` says nothing about it.
    public func commit(_ transaction: Transaction) throws(NetlinkError) {
        let batch = try Batch(transaction, firstSequence: socket.takeSequence())
        guard !batch.isEmpty else { return }
        _ = socket.takeSequence(batch.stepOfMessage.count + 1)
        discardLeftovers()
        try socket.send(batch.buffer, for: "change table \(transaction.table)")
        try acknowledgements(of: batch).check(transaction, batch)
    }

    /// Removes the table with all that is in it; does nothing if there is none. Other tables stay
    /// as they are.
    public func deleteTable(_ name: String, reason: String = "reset") throws(NetlinkError) {
        let step = Transaction.Step(.deleteTable(name: name), reason: reason)
        try commit(Transaction(table: name, steps: [step]))
    }

    /// Answers that an earlier failure left in the socket.
    private func discardLeftovers() {
        while case .some(.some) = try? socket.receive(waits: false, for: "", { _ in () }) {}
    }

    /// All answers to the batch. The kernel handles it before sending returns, so they are all
    /// there.
    private func acknowledgements(of batch: Batch) throws(NetlinkError) -> Acknowledgements {
        var answers = Acknowledgements()
        var hasMore = true
        while hasMore {
            do throws(NetlinkError) {
                let received: Void? = try socket.receive(waits: false, for: "receive answers") {
                    datagram throws(NetlinkError) in
                    for message in NetlinkMessages(datagram) { answers.add(message, batch) }
                }
                hasMore = received != nil
            } catch .system(_, .noBufferSpace) {
                // Some answers were lost: those that came must tell, or none.
                continue
            }
        }
        return answers
    }
}

/// What the kernel said of a batch.
struct Acknowledgements {
    private var isAcknowledged = false
    /// Of the batch as a whole: bears its beginning's number.
    private var batchError: ErrorNumber?
    private var refusals: [(step: Int, error: ErrorNumber, detail: String?)] = []

    init() {}

    mutating func add(_ message: NetlinkMessage, _ batch: Batch) {
        guard message.type == MessageType.error, let status = message.status else { return }
        let error = ErrorNumber(rawValue: 0 &- status)
        if let step = batch.step(ofSequence: message.sequence) {
            if status != 0 {
                refusals.append((step, error, Self.detail(message)))
            } else if message.sequence == batch.lastSequence {
                isAcknowledged = true
            }
        } else if message.sequence == batch.firstSequence, status != 0 {
            batchError = batchError ?? error
        }
    }

    /// Throws unless all was carried out.
    func check(_ transaction: Transaction, _ batch: Batch) throws(NetlinkError) {
        if batchError == .restart, let generation = transaction.generation {
            throw .generationChanged(expected: generation)
        }
        if !refusals.isEmpty {
            throw .refused(
                refusals.map {
                    NetlinkError.Refusal(
                        index: $0.step, step: transaction.steps[$0.step], table: transaction.table,
                        error: $0.error, detail: $0.detail)
                })
        }
        if let batchError { throw .batchRefused(table: transaction.table, batchError) }
        guard isAcknowledged else { throw .unacknowledged(table: transaction.table) }
    }

    /// The text of an extended acknowledgement: behind the errno and the header of the message
    /// that it is about, whose payload is left out (`NETLINK_CAP_ACK`).
    private static func detail(_ message: NetlinkMessage) -> String? {
        guard message.flags & MessageFlag.acknowledgementAttributes != 0 else { return nil }
        let attributes = message.payload.slice(from: 4 + Netfilter.messageHeaderLength)
        return AttributeIndex(AttributeList(attributes)).string(ErrorAttribute.message)
    }
}
