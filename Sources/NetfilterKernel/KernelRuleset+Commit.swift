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
    /// - Parameters:
    ///   - claiming: whether the table shall belong to this socket, so that nobody else can change
    ///     it until the socket is closed, and be kept then. A table that the transaction adds is
    ///     made so; one that stands is adopted before the first step, which takes one that was made
    ///     so and has lost its owner.
    ///   - wantsHandles: whether the receipt shall have the rules' handles, which makes a commit of
    ///     many rules about half as long again.
    /// - Returns: what the kernel told of it.
    /// - Throws: ``NetlinkError/refused(_:)`` with each step that the kernel refused,
    ///   ``NetlinkError/generationChanged(expected:)``, ``NetlinkError/owned(table:port:)``, or
    ///   another ``NetlinkError``. Nothing was changed then, except that
    ///   ``NetlinkError/unacknowledged(table:)`` says nothing about it. When claiming also
    ///   ``NetlinkError/unclaimable(table:)`` and ``NetlinkError/ownershipUnsupported(table:)``,
    ///   after which the transaction can be committed without.
    @discardableResult
    public func commit(
        _ transaction: Transaction, claiming: Bool = false, wantsHandles: Bool = true
    ) throws(NetlinkError) -> CommitReceipt {
        let batch = try Batch(
            transaction, firstSequence: socket.takeSequence(),
            acknowledged: !socket.tellsGeneration, claims: claiming,
            wantsReceipt: true, wantsHandles: wantsHandles)
        guard !batch.isEmpty else { return CommitReceipt() }
        _ = socket.takeSequence(batch.stepOfMessage.count + 1)
        discardLeftovers()
        // Rules come back about as they were sent, in pieces of memory that are half full at worst;
        // the kernel doubles the number that it is given.
        if wantsHandles { socket.growReceiveBuffer(to: 2 * batch.buffer.count) }
        socket.mayHoldLeftovers = true
        try socket.send(batch.buffer, for: "change table \(transaction.table)")
        let answers = try acknowledgements(of: batch)
        // The new generation acknowledges as well, where the kernel tells it: one message less.
        socket.tellsGeneration = answers.generation != nil
        do throws(NetlinkError) {
            try answers.check(transaction, batch)
        } catch {
            throw try explain(error, answers, transaction, claiming: claiming)
        }
        socket.mayHoldLeftovers = answers.isLossy || !answers.isFinished
        return CommitReceipt(
            generation: answers.generation, handles: answers.handles,
            messageCount: batch.messageCount, byteCount: batch.buffer.count)
    }

    /// Removes the table with all that is in it; does nothing if there is none. Other tables stay
    /// as they are.
    ///
    /// - Throws: ``NetlinkError``, as ``commit(_:claiming:wantsHandles:)`` does.
    public func deleteTable(_ name: String, reason: String = "reset") throws(NetlinkError) {
        let step = Transaction.Step(.deleteTable(name: name), reason: reason)
        try commit(Transaction(table: name, steps: [step]))
    }

    /// Answers that an earlier failure left in the socket.
    private func discardLeftovers() {
        guard socket.mayHoldLeftovers else { return }
        while true {
            do throws(NetlinkError) {
                guard try socket.receive(waits: false, for: "", { _ in () }) != nil else { return }
            } catch .system(_, .noBufferSpace) {
                continue
            } catch {
                return
            }
        }
    }

    /// All answers to the batch. The kernel handles it before sending returns, so they are all
    /// there. The last one is the new generation or the acknowledgement of the last operation.
    private func acknowledgements(of batch: Batch) throws(NetlinkError) -> Acknowledgements {
        var answers = Acknowledgements()
        var hasMore = true
        while hasMore {
            do throws(NetlinkError) {
                let received: Void? = try socket.receive(waits: false, for: "receive answers") {
                    datagram throws(NetlinkError) in
                    for message in NetlinkMessages(datagram) { answers.add(message, batch) }
                }
                hasMore = received != nil && !answers.isFinished
            } catch .system(_, .noBufferSpace) {
                // Some answers were lost: those that came must tell. The first one always does,
                // since it finds the buffer empty; what the commit brought about comes before the
                // acknowledgements, and comes only if the kernel has carried out the batch.
                answers.isLossy = true
            }
        }
        return answers
    }

    /// The error in the terms of its cause, as far as that can be found out.
    private func explain(
        _ error: NetlinkError, _ answers: Acknowledgements, _ transaction: Transaction,
        claiming: Bool
    ) throws(NetlinkError) -> NetlinkError {
        let table = transaction.table
        if answers.hasRefusal(.notPermitted), let owner = (try? header(of: table))?.owner,
            owner != port
        {
            return .owned(table: table, port: owner)
        }
        let isOwnershipRefused = answers.hasRefusal(.notSupported) { step in
            if case .addTable = transaction.steps[step].operation { true } else { false }
        }
        if claiming, isOwnershipRefused {
            // The kernel has the same word for both.
            let header = try header(of: table)
            return header.map { !$0.isPersistent } ?? false
                ? .unclaimable(table: table) : .ownershipUnsupported(table: table)
        }
        if answers.isSilent, let expected = transaction.generation, try generation() == expected {
            // A commit would have raised it.
            return .batchRefused(table: table, .noBufferSpace)
        }
        return error
    }
}
