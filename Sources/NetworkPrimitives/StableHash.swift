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
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }

    /// Takes in a text as UTF-8.
    public mutating func combine(_ text: String) {
        let bytes = text.utf8.span
        for index in bytes.indices {
            state = (state ^ UInt64(bytes[index])) &* 0x0000_0100_0000_01b3
        }
    }

    /// Eight hexadecimal digits.
    public var digits: String {
        let folded = UInt32(truncatingIfNeeded: state ^ state >> 32)
        let text = String(folded, radix: 16)
        return String(repeating: "0", count: 8 - text.count) + text
    }
}
