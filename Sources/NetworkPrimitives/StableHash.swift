// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A hash that is the same in every run and on every machine (64-bit FNV-1a), for object names.
///
/// It is short and not collision-resistant: whoever derives a name from it has to notice when two
/// different things get the same one.
public struct StableHash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    /// A hash of nothing yet.
    public init() {}

    /// Takes in bytes; where one call ends and the next begins makes no difference.
    public mutating func combine(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { combine(byte) }
    }

    /// Takes in a text as UTF-8.
    public mutating func combine(_ text: String) {
        combine(text.utf8.span, from: 0)
    }

    /// The digits of each text's hash.
    ///
    /// Each step of a hash waits for the multiplication before it. Those of four texts go on side by
    /// side, and take about as long as those of one.
    public static func digits(of texts: [String]) -> [String] {
        var result: [String] = []
        result.reserveCapacity(texts.count)
        var next = 0
        while next + 4 <= texts.count {
            result += digits(of: texts[next], texts[next + 1], texts[next + 2], texts[next + 3])
            next += 4
        }
        for text in texts[next...] {
            var hash = Self()
            hash.combine(text)
            result.append(hash.digits)
        }
        return result
    }

    private static func digits(
        of one: String, _ two: String, _ three: String, _ four: String
    ) -> [String] {
        let texts = (one.utf8.span, two.utf8.span, three.utf8.span, four.utf8.span)
        var hashes = (Self(), Self(), Self(), Self())
        let common = min(texts.0.count, texts.1.count, texts.2.count, texts.3.count)
        for index in 0..<common {
            hashes.0.combine(texts.0[index])
            hashes.1.combine(texts.1[index])
            hashes.2.combine(texts.2[index])
            hashes.3.combine(texts.3[index])
        }
        hashes.0.combine(texts.0, from: common)
        hashes.1.combine(texts.1, from: common)
        hashes.2.combine(texts.2, from: common)
        hashes.3.combine(texts.3, from: common)
        return [hashes.0.digits, hashes.1.digits, hashes.2.digits, hashes.3.digits]
    }

    private mutating func combine(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    private mutating func combine(_ bytes: Span<UInt8>, from start: Int) {
        for index in start..<bytes.count { combine(bytes[index]) }
    }

    /// Eight hexadecimal digits.
    public var digits: String {
        let folded = UInt32(truncatingIfNeeded: state ^ state >> 32)
        let text = String(folded, radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }
}
