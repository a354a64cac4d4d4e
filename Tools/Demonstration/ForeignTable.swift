// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit

/// A table of somebody else in the node, which Sluice is to leave alone.
struct ForeignTable {
    /// Its name, as nft prints it.
    static let name = "inet firewall"

    private static let text = """
        table inet firewall {
            comment "the administrator's own"
            set admins {
                type ipv4_addr
                flags interval
                elements = { 192.0.2.0/24 }
            }
            map services {
                type inet_service : verdict
                elements = { 22 : accept, 179 : accept }
            }
            chain input {
                type filter hook input priority 10; policy accept;
                ip saddr @admins accept
                tcp dport vmap @services
            }
        }
        """

    private let lab: Lab
    private let original: String

    /// Puts the table into the node, with nft as an administrator would.
    ///
    /// - Throws: `LabError` when nft refuses.
    init(in lab: Lab) throws {
        self.lab = lab
        try lab.node.execute(["nft", "-f", "-"], input: Self.text)
        original = try Self.ruleset(of: lab)
    }

    /// What is in the node beside or in place of the table as it was made; nil when it stands
    /// alone and untouched, down to the handles of its parts.
    ///
    /// - Throws: `LabError` when nft fails.
    func change() throws -> String? {
        let ruleset = try Self.ruleset(of: lab)
        return ruleset == original ? nil : ruleset
    }

    private static func ruleset(of lab: Lab) throws -> String {
        try lab.node.execute(["nft", "-a", "list", "ruleset"])
    }
}
