// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import CNetfilter
import NftablesModel
import RulesetDiff

/// A transaction as the messages of one datagram: a beginning, the operations' messages in order,
/// an end. The kernel carries out all of them or none (`nfnetlink_rcv_batch`).
final class Batch {
    /// The messages.
    let buffer: MessageBuffer
    /// The sequence number of the beginning; each message has the one before it plus one.
    let firstSequence: UInt32
    /// For each message between beginning and end, the index of its step; nil for one that serves
    /// the batch as a whole.
    private(set) var stepOfMessage: [Int?] = []
    /// Whether the last answer to a batch that was carried out is an acknowledgement, and not the
    /// new generation.
    let isAcknowledged: Bool
    /// The sequence number of the message whose acknowledgement says that all was carried out.
    private(set) var lastSequence: UInt32

    private let table: String
    /// The sets that the batch adds, numbered from one.
    private var setIdentifiers: [String: UInt32] = [:]
    private var latestIdentifier: UInt32 = 0
    private var lastMessage = 0
    private let claims: Bool
    private let wantsReceipt: Bool
    private let wantsHandles: Bool

    /// - Parameters:
    ///   - acknowledged: whether the kernel is to acknowledge the last operation.
    ///   - claims: whether the table is to belong to the sending socket afterwards.
    ///   - wantsReceipt: whether the kernel is to answer with the new generation.
    ///   - wantsHandles: whether it is to answer with each rule that it adds.
    /// - Throws: ``NetlinkError/unwritable(step:reason:)``.
    init(
        _ transaction: Transaction, firstSequence: UInt32, acknowledged: Bool = true,
        claims: Bool = false,
        wantsReceipt: Bool = false, wantsHandles: Bool = false
    ) throws(NetlinkError) {
        isAcknowledged = acknowledged
        self.claims = claims
        self.wantsReceipt = wantsReceipt
        self.wantsHandles = wantsHandles
        // The commonest change is of a single element.
        buffer = MessageBuffer(capacity: transaction.steps.count < 3 ? 1 << 11 : 1 << 16)
        self.firstSequence = firstSequence
        table = transaction.table
        lastSequence = firstSequence
        if let reason = EncodingLimit.violation(name: table), let step = transaction.steps.first {
            throw .unwritable(step: step, reason: reason)
        }
        buffer.appendMessage(
            type: MessageType.batchBegin, flags: 0, family: Netfilter.familyUnspecified,
            resource: Netfilter.subsystem, sequence: firstSequence, limit: 32
        ) { message in
            guard let generation = transaction.generation else { return }
            mnl_attr_put_u32(message, BatchAttribute.generation, generation.bigEndian)
        }
        let firstMessage = buffer.count
        appendPrologue(transaction)
        for (index, step) in transaction.steps.enumerated() {
            if let reason = EncodingLimit.violation(step.operation) {
                throw .unwritable(step: step, reason: reason)
            }
            append(step.operation, index)
        }
        // Older kernels do not acknowledge a batch's end, but the last operation.
        if acknowledged, !isEmpty {
            buffer.addFlags(MessageFlag.acknowledge, toMessageAt: lastMessage)
        }
        // Whether the generation is told depends on the first message behind the beginning, whose
        // flag the kernel takes for that of the batch (`nf_tables_gen_notify`).
        if wantsReceipt, !isEmpty {
            buffer.addFlags(MessageFlag.echo, toMessageAt: firstMessage)
        }
        buffer.appendMessage(
            type: MessageType.batchEnd, flags: 0, family: Netfilter.familyUnspecified,
            resource: Netfilter.subsystem, sequence: lastSequence &+ 1, limit: 32)
    }

    /// How many messages carry out steps.
    var messageCount: Int { stepOfMessage.count { $0 != nil } }

    /// Whether there is nothing between beginning and end.
    var isEmpty: Bool { stepOfMessage.isEmpty }

    /// The index of the step to which a message belongs; nil for one that belongs to none.
    func step(ofSequence sequence: UInt32) -> Int? {
        let message = Int(sequence &- firstSequence) - 1
        return stepOfMessage.indices.contains(message) ? stepOfMessage[message] : nil
    }

    /// Whether a message is one of the batch's, beginning and end included.
    func holds(sequence: UInt32) -> Bool {
        sequence &- firstSequence <= UInt32(stepOfMessage.count) + 1
    }

    /// The number within the batch of a set that an earlier step adds; nil for others.
    func identifier(ofNewSet name: String) -> UInt32? { setIdentifiers[name] }

    /// The sequence number of the message that begins here, for this step.
    func next(_ step: Int?) -> UInt32 {
        stepOfMessage.append(step)
        lastSequence &+= 1
        lastMessage = buffer.count
        return lastSequence
    }

    /// What goes before the steps: what makes the table ours, or a message that changes nothing,
    /// to be answered in place of elements, which would come back one by one.
    private func appendPrologue(_ transaction: Transaction) {
        if claims, !transaction.makesOrDeletesTable {
            buffer.appendTable(
                MessageType.newTable, 0, next(nil), name: table, tableFlags: TableFlag.ownership)
        } else if wantsReceipt, let set = transaction.firstSet {
            ElementEncoder.appendNoElements(to: set, table: table, batch: self)
        }
    }

    private func append(_ operation: Operation, _ step: Int) {
        // The old rule's end is echoed too, which costs little and is passed over.
        let echo = wantsHandles ? MessageFlag.echo : 0
        switch operation {
        case .addTable(let name, let comment):
            buffer.appendTable(
                MessageType.newTable, MessageFlag.create, next(step), name: name,
                comment: comment, tableFlags: claims ? TableFlag.ownership : 0)
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
                rule, table: table, chain: chain,
                flags: MessageFlag.create | MessageFlag.append | echo,
                next(step))
        case .insertRule(let rule, let chain, let before):
            buffer.appendNewRule(
                rule, table: table, chain: chain, flags: MessageFlag.create | echo,
                position: before,
                next(step))
        case .replaceRule(let rule, let chain, let handle):
            buffer.appendNewRule(
                rule, table: table, chain: chain, flags: MessageFlag.replace | echo, handle: handle,
                next(step))
        case .deleteRule(let chain, let handle):
            buffer.appendDeleteRule(handle: handle, table: table, chain: chain, next(step))
        }
    }
}

extension Transaction {
    fileprivate var makesOrDeletesTable: Bool {
        steps.contains {
            switch $0.operation {
            case .addTable, .deleteTable: true
            default: false
            }
        }
    }

    /// The set whose elements the first message changes; nil if that changes something else.
    fileprivate var firstSet: NamedSet? {
        for step in steps {
            switch step.operation {
            case .addElements(let elements, let set), .deleteElements(let elements, let set):
                if elements.count > 0 { return set }
            default: return nil
            }
        }
        return nil
    }
}
