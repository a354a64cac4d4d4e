// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser

struct Reset: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove Sluice's table, and nothing else.",
        discussion: """
            Afterwards no policy is enforced in this network namespace. Other tables stay as they \
            are. Without such a table nothing happens. Needs CAP_NET_ADMIN.
            """)

    func run() throws {
        let kernel = try Kernel()
        guard try kernel.read() != nil else {
            Console.output("there is no table inet sluice; nothing to remove")
            return
        }
        try kernel.delete()
        Console.output("removed table inet sluice")
    }
}
