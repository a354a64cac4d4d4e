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
            let name = names.allocate([description], prefix: "")[description]!
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
        let allocated = names.allocate([second, first], prefix: "cell-")
        #expect(allocated[first] != allocated[second])
        #expect(Set(allocated.values).count == 2)
        var again = Names()
        #expect(again.allocate([first, second], prefix: "cell-") == allocated)
    }

    @Test("Hints become what nft takes without quotes, and never too long")
    func hints() {
        var names = Names()
        let hint = "shop/web\"} drop; \u{e9}" + String(repeating: "x", count: 300)
        let name = names.allocate(["d"], prefix: "in-") { _ in hint }["d"]!
        #expect(name.hasPrefix("in-shop/web___drop"))
        #expect(name.utf8.count < 80)
        #expect(name.utf8.allSatisfy { $0 < 128 && $0 > 32 && $0 != UInt8(ascii: "\"") })
    }
}
