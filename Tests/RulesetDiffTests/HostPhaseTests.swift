// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
import RulesetDiff
import Testing

/// Changes of a node's host endpoints and their policies.
@Suite struct HostPhaseTests {
    /// Two tables of a node that differ in host endpoints and their policies, and packets.
    private struct Change {
        let old: Table
        let new: Table
        let packets: [PacketDescription]

        init(seed: UInt64) {
            var world = HostWorld(seed: seed)
            var random = SeededGenerator(seed: seed)
            var changed = world.state
            changed.policies.removeAll { $0.id.name.hasPrefix("host-") && random.chance(50) }
            changed.endpoints.removeAll { $0.id.kind == .host && random.chance(40) }
            let tables = [world.state, changed].map {
                NodeCompilation($0, node: WorldGenerator.localNode).table
            }
            (old, new) = seed.isMultiple(of: 2) ? (tables[0], tables[1]) : (tables[1], tables[0])
            packets = world.packets(150)
        }
    }

    private static let hooks: [Hook] = [.prerouting, .input, .forward, .output]

    private static func fates(
        _ table: TableEvaluator, _ packet: PacketDescription
    ) throws -> [TableEvaluator.Result] {
        try hooks.map { hook in
            var whole = Packet(
                from: packet.source, to: packet.destination, transport: packet.transport,
                sourcePort: packet.sourcePort, destinationPort: packet.destinationPort,
                icmpType: packet.icmpType, isFromThisNode: hook == .output)
            whole.inputInterface = packet.inputInterface
            whole.outputInterface = packet.outputInterface
            var result = try table.evaluate(whole, at: hook)
            result.trace = []
            return result
        }
    }

    @Test("S13: each phase decides at every hook as the old or as the new table does")
    func phases() throws {
        var switches = 0
        for seed in UInt64(0)..<20 {
            let change = Change(seed: seed)
            var kernel = FakeKernel()
            try kernel.commit(Transaction(from: nil, to: change.old))
            let migration = Migration(from: kernel.observed, to: change.new)
            guard migration.transactions.count == 3 else { continue }
            switches += 1
            for (position, transaction) in migration.transactions.enumerated() {
                try kernel.commit(transaction)
                let present = TableEvaluator(kernel.observed!.table)
                let expected = TableEvaluator(position == 0 ? change.old : change.new)
                for packet in change.packets {
                    let fates = try Self.fates(present, packet)
                    let wanted = try Self.fates(expected, packet)
                    try #require(
                        fates == wanted,
                        "seed \(seed), transaction \(position + 1): \(packet)")
                }
            }
        }
        #expect(switches > 5)
    }

    @Test("S13: a packet that entered a hook by the old rules meets no new element")
    func packetsUnderWay() throws {
        for seed in UInt64(0)..<20 {
            let change = Change(seed: seed)
            // The kernel fixes rules when a packet enters, and looks elements up as they are.
            var mixed = change.old
            let sets = Dictionary(uniqueKeysWithValues: change.new.sets.map { ($0.name, $0) })
            mixed.sets = change.old.sets.map { sets[$0.name] ?? $0 }
            let known = Set(mixed.chains.map(\.name))
            mixed.chains += change.new.chains.filter {
                $0.base == nil && !known.contains($0.name)
            }
            let names = Set(mixed.sets.map(\.name))
            mixed.sets += change.new.sets.filter { !names.contains($0.name) }
            let underWay = TableEvaluator(mixed)
            let old = TableEvaluator(change.old)
            for packet in change.packets {
                let fates = try Self.fates(underWay, packet)
                let wanted = try Self.fates(old, packet)
                try #require(
                    fates == wanted,
                    "seed \(seed): \(packet)")
            }
        }
    }
}
