// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Cuts a stream of JSON objects, one behind the other, into the objects: the events of a watch.
///
/// Pieces of the stream may end anywhere. What is between objects is passed over.
struct JSONValueSplitter {
    /// The largest object that is kept, in bytes: a server that never ends one must not fill the memory.
    static let maximumSize = 64 << 20

    private var scanner = JSONScanner()
    private var open: [UInt8] = []

    /// Takes the next piece.
    ///
    /// - Returns: The objects that end in it; nil if one is larger than is kept.
    mutating func take(_ piece: ArraySlice<UInt8>) -> [[UInt8]]? {
        var complete: [[UInt8]] = []
        let bytes = piece.span
        var index = piece.startIndex
        while index < piece.endIndex {
            if scanner.depth == 0 {
                if scanner.take(piece[index]) == .opens { open = [piece[index]] }
                index += 1
                continue
            }
            let end =
                piece.startIndex
                + scanner.take(bytes, from: index - piece.startIndex, downTo: 0)
            open += piece[index..<end]
            index = end
            if open.count > Self.maximumSize { return nil }
            if scanner.depth == 0 {
                complete.append(open)
                open = []
            }
        }
        return complete
    }

    /// The same with a whole array.
    mutating func take(_ piece: [UInt8]) -> [[UInt8]]? { take(piece[...]) }

    /// Whether the stream ends inside an object.
    var isInside: Bool { scanner.depth > 0 }
}
