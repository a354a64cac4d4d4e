// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A text that is not the YAML or JSON that it should be.
struct SyntaxError: Error, Hashable {
    var position: TextPosition
    var message: String
    var remedy: String?

    init(_ message: String, at position: TextPosition, remedy: String? = nil) {
        self.position = position
        self.message = message
        self.remedy = remedy
    }
}

extension SyntaxError {
    static func duplicateKey(_ entry: DocumentNode.Entry) -> SyntaxError {
        SyntaxError(
            "the key \(MessageText.quoted(entry.key)) appears more than once in a mapping",
            at: entry.position, remedy: "keep one")
    }

    static func tooManyValues(at position: TextPosition) -> SyntaxError {
        SyntaxError(
            "the document holds more than \(DocumentNode.maximumCount) values", at: position,
            remedy: "split it into several documents")
    }
}

/// A line and a column, both from 1.
struct TextPosition: Hashable {
    var line: UInt32
    var column: UInt32

    static let start = TextPosition(line: 1, column: 1)

    init(line: Int, column: Int) {
        self.line = UInt32(clamping: line)
        self.column = UInt32(clamping: column)
    }

    /// The position of the byte at `offset`.
    init(of offset: Int, in bytes: [UInt8]) {
        var line = 1
        var lineStart = 0
        for index in 0..<offset where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        self.init(line: line, column: offset - lineStart + 1)
    }
}
