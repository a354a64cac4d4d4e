// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetfilterKernel
import NftablesModel
import PolicyDocuments
import RulesetDiff

/// Bytes as datagrams of netlink.
struct NetlinkInput {
    var bytes: [UInt8]

    /// Reads them as dumps and as notifications, and finds out what would make our table of what
    /// was found.
    func decode() {
        let (dump, _) = DatagramReading.read(bytes, table: Table.sluiceName)
        guard let dump else { return }
        _ = dump.table.text()
        _ = Migration(from: dump, to: Table(name: Table.sluiceName))
    }
}
