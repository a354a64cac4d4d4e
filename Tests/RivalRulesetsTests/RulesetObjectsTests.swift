// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit
import RivalRulesets
import Testing

/// The count of objects, which is the same for all shapes.
struct RulesetObjectsTests {
    @Test(
        "Objects of a ruleset are counted as the kernel has them, anonymous sets and intervals too",
        .enabled(if: Lab.obstacle == nil, "\(Lab.obstacle ?? "namespaces can be made")"))
    func count() throws {
        let namespace = try NetworkNamespace("objects")
        try namespace.execute(
            ["nft", "-f", "-"],
            input: """
                table ip one {
                    set blocks { type ipv4_addr; flags interval; elements = { 192.0.2.1, 198.51.100.0/24 }; }
                    set empty { type inet_service; }
                    map verdicts { type ifname : verdict; elements = { "a" : accept, "b" : drop }; }
                    chain other {
                        meta mark set meta mark | 1
                    }
                    chain forward {
                        type filter hook forward priority filter; policy accept;
                        iifname vmap @verdicts
                        udp dport { 53, 5000-5010 } ip saddr @blocks counter accept
                    }
                }
                table ip6 two {
                    chain forward {
                        type filter hook forward priority filter; policy accept;
                    }
                }

                """)
        let listing = try namespace.execute(["nft", "--debug=netlink", "list", "ruleset"])
        let objects = RulesetObjects(listing: listing)
        #expect(objects.rules == 3)
        #expect(objects.chains == 3)
        #expect(objects.sets == 4)
        #expect(objects.elements == 6)
        // Mark: load, or, store. Map: load, look. Ports: protocol, compare, load, look; address: load,
        // look; count; accept.
        #expect(objects.expressions == 3 + 2 + 8)
    }
}
