// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A place in a selector's text, from which its parts are taken one after the other.
struct SelectorScanner {
    private let bytes: [UInt8]
    /// How many bytes are taken.
    private(set) var offset = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The next byte; nil at the end.
    var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    /// What is left begins so.
    func isAt(_ literal: String) -> Bool { bytes[offset...].starts(with: literal.utf8) }

    /// Takes a text if it comes next.
    mutating func take(_ literal: String) -> Bool {
        guard isAt(literal) else { return false }
        offset += literal.utf8.count
        return true
    }

    /// Takes two words with or without blanks between them.
    mutating func take(_ first: String, _ second: String) -> Bool {
        let start = offset
        guard take(first) else { return false }
        skipBlanks()
        if take(second) { return true }
        offset = start
        return false
    }

    /// Takes spaces and tabs, the only blanks of the language.
    mutating func skipBlanks() {
        while let byte = next, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
            offset += 1
        }
    }

    /// Takes as many characters of a label's key as there are; perhaps none.
    mutating func takeKey() -> String {
        let start = offset
        while let byte = next, Self.isOfKey(byte) { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// Takes what stands in quotes, without them; nil if the closing quote is missing.
    mutating func takeQuoted() -> String? {
        let start = offset + 1
        guard let quote = next, let end = bytes[start...].firstIndex(of: quote) else { return nil }
        offset = end + 1
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    /// A character that a label's key may have.
    static func isOfKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "/"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// The character that comes next; nil at the end.
    var nextCharacter: Unicode.Scalar? {
        String(decoding: bytes[offset...].prefix(4), as: UTF8.self).unicodeScalars.first
    }

    /// The column of a byte: one more than the characters before it.
    func column(of offset: Int) -> Int {
        // Bytes that continue a character look like 10xxxxxx.
        1 + bytes[..<offset].count { $0 & 0xC0 != 0x80 }
    }
}
