// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyTestKit
import Testing

@Suite struct AddressTextTests {
    @Test(
        "Addresses are read strictly and printed as RFC 5952 says",
        arguments: [
            ("10.0.0.1", "10.0.0.1"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
            ("::1", "::1"), ("1::", "1::"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("::ffff:10.0.0.1", "::ffff:a00:1"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
            ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("0:0:1::", "0:0:1::"),
        ])
    func reads(text: String, printed: String) throws {
        #expect(try #require(IPAddress(text)).description == printed)
    }

    @Test(
        "What is no address is refused",
        arguments: [
            "", "10", "10.0.0", "10.0.0.0.0", "010.0.0.1", "256.0.0.1", "10.0.0.-1", " 10.0.0.1",
            "10.0.0.1 ", "10.0.0.1/8", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::", "12345::", "g::", "::10.0.0", "10.0.0.1::", "fe80::1%eth0",
            "1:2:3:4:5:6:7:1.2.3.4", "٣.0.0.1",
        ])
    func refuses(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test("Printing and reading are inverse")
    func roundTrip() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let high = UInt128(random.next()) << 64
            // Runs of zeros must come often, or `::` is hardly tried.
            let mask = UInt128(random.next() & random.next()) << 64 | UInt128(random.next())
            let address = IPAddress.ipv6((high | UInt128(random.next())) & mask)
            #expect(IPAddress(address.description) == address)
            let short = IPAddress.ipv4(UInt32(truncatingIfNeeded: random.next()))
            #expect(IPAddress(short.description) == short)
        }
    }

    @Test(
        "S17: host bits are cleared; prefix lengths have their range",
        arguments: [
            ("10.0.0.5/24", "10.0.0.0/24"), ("10.0.0.5/0", "0.0.0.0/0"),
            ("10.0.0.5/32", "10.0.0.5/32"), ("fd00::1/64", "fd00::/64"), ("fd00::1/0", "::/0"),
            ("fd00::1/128", "fd00::1/128"),
        ])
    func blocks(text: String, printed: String) throws {
        #expect(try #require(CIDR(text)).description == printed)
    }

    @Test(arguments: [
        "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "fd00::/129", "10.0.0.0/-1", "/8", "10.0.0.0/08",
        "10.0.0.0/8/8",
    ])
    func refusesBlock(text: String) {
        #expect(CIDR(text) == nil)
    }
}
