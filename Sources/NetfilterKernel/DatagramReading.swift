// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import RulesetDiff

/// The decoders of netlink by themselves, without a socket, for whoever wants to feed them anything.
package enum DatagramReading {
    /// Reads bytes as the dumps of a table, and as notifications about it.
    ///
    /// - Returns: What came of them; of nonsense nil, and a report of nothing.
    package static func read(
        _ bytes: [UInt8], table: String
    ) -> (dump: ObservedTable?, report: MonitorReport) {
        var assembly = TableAssembly(name: table, generation: 0, isStrict: false)
        var reader = NotificationReader(table: table, ownPorts: [1])
        var report = MonitorReport()
        bytes.withUnsafeBytes { bytes in
            for message in NetlinkMessages(ByteView(bytes)) {
                // Of the errors there is only the one about generations, of which all are allowed.
                do throws(NetlinkError) { try assembly.add(message) } catch {}
                reader.add(message, &report)
            }
        }
        for set in assembly.setNames { _ = assembly.settle(set: set) }
        return (assembly.finish(), report)
    }

    /// The messages of a transaction, which have the same attributes as those of a dump: one
    /// datagram with the elements of sets, and one with everything else.
    ///
    /// - Throws: ``NetlinkError/unwritable(step:reason:)``.
    package static func datagrams(_ transaction: Transaction) throws(NetlinkError) -> [[UInt8]] {
        var datagrams: [[UInt8]] = []
        for areElements in [false, true] {
            let steps = transaction.steps.filter { step in
                if case .addElements = step.operation { areElements } else { !areElements }
            }
            let batch = try Batch(
                Transaction(table: transaction.table, steps: steps), firstSequence: 1)
            datagrams.append(batch.buffer.withBytes { Array($0) })
        }
        return datagrams
    }
}
