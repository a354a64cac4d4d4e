// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A YAML text, cut where one document ends and the next begins.
///
/// YAML allows `---` at the start of a line nowhere else, not even in quoted text, so cutting
/// before parsing is safe. It keeps memory to one document at a time.
struct YAMLPieces: Sequence, IteratorProtocol {
    struct Piece {
        var bytes: ArraySlice<UInt8>
        /// The number of its first line in the whole text.
        var firstLine: Int

        /// A number of values that its documents do not exceed, aliases aside: a value stands at
        /// the start of a line or after one of a few characters. Yams does not count as it parses.
        var mostValues: Int {
            var count = 2
            var previous = UInt8(ascii: "\n")
            for byte in bytes {
                switch byte {
                case UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "{"),
                    UInt8(ascii: "?"), UInt8(ascii: "\n"):
                    count += 1
                case UInt8(ascii: " "), UInt8(ascii: "\t"):
                    if previous == UInt8(ascii: "-") { count += 1 }
                default: break
                }
                previous = byte
            }
            return count
        }

        /// The position of a byte in the whole text.
        func position(of offset: Int) -> TextPosition {
            var position = TextPosition(
                of: offset - bytes.startIndex, in: Array(bytes[..<offset]))
            position.line += UInt32(clamping: firstLine - 1)
            return position
        }
    }

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1

    init(_ text: SourceText) {
        bytes = text.bytes
    }

    mutating func next() -> Piece? {
        guard index < bytes.count else { return nil }
        let start = index
        let firstLine = line
        // Directives and comments belong to the document that follows them.
        var hasContent = false
        while index < bytes.count {
            let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
            let text = bytes[index..<(end ?? bytes.count)]
            if hasContent, Self.isMarker("---", text) { break }
            index = text.endIndex
            line += 1
            if Self.isMarker("...", text) { break }
            if !hasContent { hasContent = !Self.isPrologue(text) }
        }
        return Piece(bytes: bytes[start..<index], firstLine: firstLine)
    }

    private static func isMarker(_ marker: String, _ line: ArraySlice<UInt8>) -> Bool {
        guard line.starts(with: marker.utf8) else { return false }
        return line.dropFirst(3).first.map { " \t\r\n".utf8.contains($0) } ?? true
    }

    private static func isPrologue(_ line: ArraySlice<UInt8>) -> Bool {
        let text = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        return text.isEmpty || text.first == UInt8(ascii: "#") || line.first == UInt8(ascii: "%")
    }
}
