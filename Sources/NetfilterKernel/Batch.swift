// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import RulesetDiff

/// A transaction as the messages of one datagram: a beginning, the operations' messages in order,
/// an end. The kernel carries out all of them or none (`nfnetlink_rcv_batch`).
final class Batch {
    /// The messages.
    let buffer: MessageBuffer
    /// The sequence number of the beginning; each message has the one before it plus one.
    let firstSequence: UInt32
    /// For each message between beginning and end, the index of its step.
    private(set) var stepOfMessage: [Int] = []
    /// The sequence number of the message whose acknowledgement says that all was carried out.
    private(set) var lastSequence: UInt32

    private let table: String
    /// The sets that the batch adds, numbered from one.
    private var setIdentifiers: [String: UInt32] = [:]
    private var latestIdentifier: UInt32 = 0
    private var lastMessage = 0

    /// - Throws: ``NetlinkError/unwritable(step:reason:)``.
    init(
        _ transaction: Transaction, firstSequence: UInt32, buffer: MessageBuffer = MessageBuffer()
    ) throws(NetlinkError) {
        self.buffer = buffer
        self.firstSequence = firstSequence
        table = transaction.table
        lastSequence = firstSequence
        if let reason = EncodingLimit.violation(name: table), let step = transaction.steps.first {
            throw .unwritable(step: step, reason: reason)
        }
        buffer.appendMessage(
            type: MessageType.batchBegin, flags: 0, family: Netfilter.familyUnspecified,
            resource: Netfilter.subsystem, sequence: firstSequence
        ) { message in
            guard let generation = transaction.generation else { return }
            mnl_attr_put_u32(message, BatchAttribute.generation, generation.bigEndian)
        }
        for (index, step) in transaction.steps.enumerated() {
            if let reason = EncodingLimit.violation(step.operation) {
                throw .unwritable(step: step, reason: reason)
            }
            append(step.operation, index)
        }
        // Older kernels do not acknowledge a batch's end, but the last operation.
        if !isEmpty { buffer.addFlags(MessageFlag.acknowledge, toMessageAt: lastMessage) }
        buffer.appendMessage(
            type: MessageType.batchEnd, flags: 0, family: Netfilter.familyUnspecified,
            resource: Netfilter.subsystem, sequence: lastSequence &+ 1)
    }

    /// Whether there is nothing between beginning and end.
    var isEmpty: Bool { stepOfMessage.isEmpty }

    /// The index of the step to which a message belongs; nil for the beginning and the end.
    func step(ofSequence sequence: UInt32) -> Int? {
        let message = Int(sequence &- firstSequence) - 1
        return stepOfMessage.indices.contains(message) ? stepOfMessage[message] : nil
    }

    /// The number within the batch of a set that an earlier step adds; nil for others.
    func identifier(ofNewSet name: String) -> UInt32? { setIdentifiers[name] }

    /// The sequence number of the message that begins here, for this step.
    func next(_ step: Int) -> UInt32 {
        stepOfMessage.append(step)
        lastSequence &+= 1
        lastMessage = buffer.count
        return lastSequence
    }

    private func append(_ operation: Operation, _ step: Int) {
        switch operation {
        case .addTable(let name, let comment):
            buffer.appendTable(
                MessageType.newTable, MessageFlag.create, next(step), name: name,
                comment: comment, clearsFlags: true)
        case .deleteTable(let name):
            // To delete what is not there is an error, and the message that tolerates it is not in
            // all kernels (6.3): the table is made if need be and then deleted.
            buffer.appendTable(MessageType.newTable, MessageFlag.create, next(step), name: name)
            buffer.appendTable(MessageType.deleteTable, 0, next(step), name: name)
        case .addChain(let chain):
            buffer.appendNewChain(chain, table: table, next(step))
        case .deleteChain(let name):
            buffer.appendDeleteChain(name, table: table, next(step))
        case .addSet(let set):
            latestIdentifier += 1
            setIdentifiers[set.name] = latestIdentifier
            buffer.appendNewSet(set, table: table, identifier: latestIdentifier, next(step))
        case .deleteSet(let name):
            setIdentifiers[name] = nil
            buffer.appendDeleteSet(name, table: table, next(step))
        case .addElements(let elements, let set):
            ElementEncoder.append(
                elements, to: set, table: table, isDeletion: false, batch: self, step: step)
        case .deleteElements(let elements, let set):
            ElementEncoder.append(
                elements, to: set, table: table, isDeletion: true, batch: self, step: step)
        case .appendRule(let rule, let chain):
            buffer.appendNewRule(
                rule, table: table, chain: chain, flags: MessageFlag.create | MessageFlag.append,
                next(step))
        case .insertRule(let rule, let chain, let before):
            buffer.appendNewRule(
                rule, table: table, chain: chain, flags: MessageFlag.create, position: before,
                next(step))
        case .replaceRule(let rule, let chain, let handle):
            buffer.appendNewRule(
                rule, table: table, chain: chain, flags: MessageFlag.replace, handle: handle,
                next(step))
        case .deleteRule(let chain, let handle):
            buffer.appendDeleteRule(handle: handle, table: table, chain: chain, next(step))
        }
    }
}
