// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit
import Testing

struct ConnectivityTableTests {
    private static func probe(_ from: String, _ to: String, _ port: UInt16 = 80) -> Probe {
        Probe(
            from: .host(from), source: "10.0.0.1", to: .host(to), destination: "10.0.0.2",
            protocol: .tcp, port: port)
    }

    @Test func rowsAskAndColumnsAreAsked() {
        let probes = [
            Self.probe("web", "database"), Self.probe("web", "cart"),
            Self.probe("cart", "database"), Self.probe("cart", "database"),
            Self.probe("cart", "web", 443),
        ]
        let outcomes: [Outcome] = [.silent, .answered, .answered, .silent, .answered]
        let table = ConnectivityTable(probes, outcomes, protocol: .tcp, port: 80)
        #expect(
            table.description == """
                      database  cart
                web   -         yes
                cart  some
                """)
    }

    @Test func aRefusalIsADelivery() {
        let table = ConnectivityTable([Self.probe("a", "b")], [.refused], protocol: .tcp, port: 80)
        #expect(table.description == "   b\na  yes")
    }
}
