// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Reads one JSON value.
///
/// It is written for the test server alone and shares nothing with the readers of the product.
struct JSONTreeReader {
    private let bytes: [UInt8]
    private var index = 0

    /// Why a text is no JSON value.
    struct Failure: Error, CustomStringConvertible {
        var offset: Int
        var description: String { "invalid JSON at byte \(offset)" }
    }

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value that a text holds, and nothing else.
    static func read(_ bytes: [UInt8]) throws(Failure) -> JSONTree {
        var reader = JSONTreeReader(bytes)
        let value = try reader.value()
        reader.skipSpace()
        guard reader.index == bytes.count else { throw Failure(offset: reader.index) }
        return value
    }

    private var failure: Failure { Failure(offset: index) }

    private mutating func skipSpace() {
        while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func value() throws(Failure) -> JSONTree {
        if take("{") { return .object(try members()) }
        if take("[") { return .list(try elements()) }
        if take("\"") { return .text(try string()) }
        let start = index
        while index < bytes.count, !#",]}"#.utf8.contains(bytes[index]), bytes[index] > 0x20 {
            index += 1
        }
        let word = String(decoding: bytes[start..<index], as: UTF8.self)
        guard ["true", "false", "null"].contains(word) || Double(word) != nil else { throw failure }
        return .word(word)
    }

    private mutating func members() throws(Failure) -> [JSONTree.Member] {
        var members: [JSONTree.Member] = []
        if take("}") { return members }
        repeat {
            guard take("\"") else { throw failure }
            let name = try string()
            guard take(":") else { throw failure }
            members.append(JSONTree.Member(name: name, value: try value()))
        } while take(",")
        guard take("}") else { throw failure }
        return members
    }

    private mutating func elements() throws(Failure) -> [JSONTree] {
        var elements: [JSONTree] = []
        if take("]") { return elements }
        repeat { elements.append(try value()) } while take(",")
        guard take("]") else { throw failure }
        return elements
    }

    /// The rest of a string behind its opening quote.
    private mutating func string() throws(Failure) -> String {
        var units: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: units, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                units.append(byte)
                continue
            }
            guard index < bytes.count else { break }
            let escape = bytes[index]
            index += 1
            switch escape {
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "u"): units += String(try scalar()).utf8
            default: units.append(escape)
            }
        }
        throw failure
    }

    private mutating func scalar() throws(Failure) -> Character {
        let first = try unit()
        guard UTF16.isLeadSurrogate(first), bytes[index...].starts(with: #"\u"#.utf8) else {
            return Character(Unicode.Scalar(first) ?? "\u{FFFD}")
        }
        index += 2
        let text = String(decoding: [first, try unit()], as: UTF16.self)
        return text.first ?? "\u{FFFD}"
    }

    private mutating func unit() throws(Failure) -> UInt16 {
        let digits = bytes[index...].prefix(4)
        guard digits.count == 4,
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw failure }
        index += 4
        return unit
    }
}

extension JSONTree {
    /// The value that a text holds.
    public init(parsing text: String) throws { self = try JSONTreeReader.read(Array(text.utf8)) }

    /// The value that a text holds.
    public init(parsing bytes: [UInt8]) throws { self = try JSONTreeReader.read(bytes) }

    /// What becomes of this under a merge patch (RFC 7386).
    func merged(with patch: JSONTree) -> JSONTree {
        guard case .object(let changes) = patch else { return patch }
        var result = self
        if case .object = self {} else { result = .object([]) }
        for change in changes where !change.name.hasPrefix("$") {
            if change.value == .word("null") {
                result[change.name] = nil
            } else {
                result[change.name] = (result[change.name] ?? .word("null"))
                    .merged(with: change.value)
            }
        }
        return result
    }
}
