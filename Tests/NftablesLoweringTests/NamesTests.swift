// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyTestKit
import Testing

@testable import NftablesLowering

@Suite struct NamesTests {
    /// Two descriptions with the same short hash, found by trying.
    private static let collision: (String, String)? = {
        var seen: [String: String] = [:]
        for number in 0..<400_000 {
            let description = "policy-\(number)"
            var names = Names()
            let name = names.allocate([.init(description: description)], prefix: "")[0]
            if let other = seen.updateValue(description, forKey: name) {
                return (other, description)
            }
        }
        return nil
    }()

    @Test("Different things get different names even where their hashes are equal")
    func collisions() throws {
        let (first, second) = try #require(Self.collision)
        var names = Names()
        let objects = [second, first, second].map { Names.Nameless(description: $0) }
        let allocated = names.allocate(objects, prefix: "cell-")
        #expect(allocated[0] != allocated[1])
        #expect(allocated[0] == allocated[2])
        var again = Names()
        let reversed = again.allocate(objects.reversed(), prefix: "cell-")
        #expect(reversed == allocated.reversed())
    }

    @Test("Hints become what nft takes without quotes, and never too long")
    func hints() {
        var names = Names()
        let hint = "shop/web\"} drop; \u{e9}" + String(repeating: "x", count: 300)
        let name = names.allocate([.init(description: "d", hint: hint)], prefix: "in-")[0]
        #expect(name.hasPrefix("in-shop/web___drop"))
        #expect(name.utf8.count < 80)
        #expect(name.utf8.allSatisfy { $0 < 128 && $0 > 32 && $0 != UInt8(ascii: "\"") })
    }
}
