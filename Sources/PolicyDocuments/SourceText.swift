// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A source's text, known to be UTF-8 and without a byte order mark.
struct SourceText {
    let bytes: [UInt8]

    /// - Throws: ``SyntaxError`` if the source is too large or not UTF-8.
    init(_ source: Source) throws(SyntaxError) {
        guard source.bytes.count <= Source.maximumSize else {
            throw SyntaxError(
                "the source is larger than \(Source.maximumSize >> 20) MB", at: .start,
                remedy: "split it into several files")
        }
        let marks: [[UInt8]] = [[0xFE, 0xFF], [0xFF, 0xFE]]
        if marks.contains(where: source.bytes.starts) {
            throw SyntaxError("the text is UTF-16", at: .start, remedy: "save it as UTF-8")
        }
        do {
            _ = try UTF8Span(validating: source.bytes.span)
        } catch {
            let offset = error.byteOffsets.lowerBound
            let byte = String(source.bytes[offset], radix: 16)
            throw SyntaxError(
                "the text is not UTF-8: the byte 0x\(byte) is out of place",
                at: TextPosition(of: offset, in: source.bytes), remedy: "save it as UTF-8")
        }
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        bytes = source.bytes.starts(with: mark) ? Array(source.bytes.dropFirst(3)) : source.bytes
    }
}
