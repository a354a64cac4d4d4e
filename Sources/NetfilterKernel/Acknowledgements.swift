// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import RulesetDiff

/// What the kernel said of a batch.
struct Acknowledgements {
    /// Answers were lost for want of room.
    var isLossy = false
    /// The last answer has come.
    private(set) var isFinished = false
    private(set) var generation: UInt32?
    private(set) var handles: [Int: UInt64] = [:]

    private var isAcknowledged = false
    /// Something that the batch brought about was told, which happens after its commit only.
    private var hasEcho = false
    /// Of the batch as a whole: bears its beginning's number, or that of a message of no step.
    private var batchError: ErrorNumber?
    private var refusals: [(step: Int, error: ErrorNumber, detail: String?)] = []

    init() {}

    /// No answer says what became of the batch.
    var isSilent: Bool {
        !isAcknowledged && !hasEcho && batchError == nil && refusals.isEmpty
    }

    /// Whether the kernel refused with this number a step that `isMeant`, or the batch as a whole.
    func hasRefusal(_ error: ErrorNumber, where isMeant: (Int) -> Bool = { _ in true }) -> Bool {
        batchError == error || refusals.contains { $0.error == error && isMeant($0.step) }
    }

    mutating func add(_ message: NetlinkMessage, _ batch: Batch) {
        guard batch.holds(sequence: message.sequence) else { return }
        switch message.type {
        case MessageType.error: addStatus(message, batch)
        case MessageType.newGeneration:
            hasEcho = true
            if !batch.isAcknowledged { isFinished = true }
            generation = message.attributes.first(GenerationAttribute.identifier)?.networkInteger()
        case MessageType.newRule:
            hasEcho = true
            guard let step = batch.step(ofSequence: message.sequence) else { return }
            handles[step] = message.attributes.first(RuleAttribute.handle)?.networkInteger()
        default: hasEcho = true
        }
    }

    private mutating func addStatus(_ message: NetlinkMessage, _ batch: Batch) {
        guard let status = message.status else { return }
        let error = ErrorNumber(rawValue: 0 &- status)
        if message.sequence == batch.lastSequence { isFinished = true }
        if status == 0 {
            if message.sequence == batch.lastSequence { isAcknowledged = true }
        } else if let step = batch.step(ofSequence: message.sequence) {
            refusals.append((step, error, Self.detail(message)))
        } else {
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
        guard isAcknowledged || hasEcho else { throw .unacknowledged(table: transaction.table) }
    }

    /// The text of an extended acknowledgement: behind the errno and the header of the message
    /// that it is about, whose payload is left out (`NETLINK_CAP_ACK`).
    private static func detail(_ message: NetlinkMessage) -> String? {
        guard message.flags & MessageFlag.acknowledgementAttributes != 0 else { return nil }
        let attributes = message.payload.slice(from: 4 + Netfilter.messageHeaderLength)
        return AttributeIndex(AttributeList(attributes)).string(ErrorAttribute.message)
    }
}
