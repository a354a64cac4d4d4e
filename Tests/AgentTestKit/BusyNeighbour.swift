// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Glibc
import NetfilterKernel
import NftablesModel
import PolicyTestKit
import RulesetDiff
import Synchronization

/// Somebody who changes a table of his own without pause, on a thread of his own.
public final class BusyNeighbour: Sendable {
    private let isOver = Mutex(false)
    private let changes = Mutex(0)
    private let ended = DispatchSemaphore(value: 0)

    /// Begins.
    ///
    /// - Parameter rate: changes a second, at most.
    public init(in namespace: PolicyTestKit.NetworkNamespace, rate: Int) {
        let place = namespace.forKernel
        let ended = ended
        Thread { [self] in
            defer { ended.signal() }
            do { try disturb(place, rate) } catch { print("the neighbour gave up: \(error)") }
        }.start()
    }

    /// Ends, and tells how many changes there were.
    public func end() -> Int {
        isOver.withLock { $0 = true }
        ended.wait()
        return changes.withLock { $0 }
    }

    private func disturb(_ place: NetfilterKernel.NetworkNamespace, _ rate: Int) throws {
        let ruleset = try KernelRuleset(in: place)
        let set = NamedSet(name: "busy", key: [.ipv4Address], elements: .ipv4([]))
        let table = Table(name: "neighbour", sets: [set])
        try ruleset.migrate(to: table)
        let element = SetElements.ipv4([0x0a09_0001])
        let steps: [RulesetDiff.Operation] = [
            .addElements(element, to: set), .deleteElements(element, from: set),
        ]
        let start = ContinuousClock.now
        var count = 0
        while !isOver.withLock({ $0 }) {
            let step = Transaction.Step(steps[count % 2], reason: "")
            try ruleset.commit(Transaction(table: table.name, steps: [step]))
            count += 1
            changes.withLock { $0 = count }
            let due = start + .seconds(1) / rate * count
            let rest = due - .now
            if rest > .zero { usleep(UInt32(min(rest / .microseconds(1), 100_000))) }
        }
    }
}
