// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import NodeAgent
import RulesetDiff

/// The kernel's ruleset, with a note of what was sent to it and how much was read.
final class RecordingPort: RulesetPort {
    private let kernel: KernelPort
    private(set) var transactions: [Transaction] = []
    private(set) var messages = 0
    private(set) var reads = 0

    init(_ kernel: KernelPort) { self.kernel = kernel }

    /// How many messages have been read.
    var messagesRead: Int { kernel.messagesRead }

    func forget() {
        transactions = []
        messages = 0
        reads = 0
    }

    func generation() throws -> UInt32 { try kernel.generation() }

    func read() throws -> ObservedTable? {
        reads += 1
        return try kernel.read()
    }

    func refresh(_ observed: ObservedTable, _ parts: TouchedParts) throws -> ObservedTable? {
        reads += 1
        return try kernel.refresh(observed, parts)
    }

    func commit(_ transaction: Transaction, claiming: Bool) throws -> CommitReceipt {
        let receipt = try kernel.commit(transaction, claiming: claiming)
        transactions.append(transaction)
        messages += receipt.messageCount
        return receipt
    }

    func drain() throws -> MonitorReport { try kernel.drain() }

    func awaitPacketsUnderWay() { kernel.awaitPacketsUnderWay() }
}
