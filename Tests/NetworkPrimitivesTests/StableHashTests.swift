// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import Testing

@Suite struct StableHashTests {
    @Test("Texts hash alike alone, in parts and side by side, whatever their lengths")
    func sideBySide() {
        let texts = (0..<11).map { String(repeating: "\($0)é", count: ($0 * 7) % 5) }
        let alone = texts.map { text in
            var hash = StableHash()
            hash.combine(text)
            return hash.digits
        }
        #expect(StableHash.digits(of: texts) == alone)
        for (text, digits) in zip(texts, alone) {
            var hash = StableHash()
            for byte in text.utf8 { hash.combine([byte]) }
            #expect(hash.digits == digits)
        }
        // FNV-1a of nothing and of "a", from its authors, folded to 32 bits.
        #expect(StableHash().digits == "4fd0bfc1")
        var letter = StableHash()
        letter.combine("a")
        #expect(letter.digits == "296230c0")
    }
}
