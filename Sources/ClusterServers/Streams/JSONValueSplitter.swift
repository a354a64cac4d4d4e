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
    mutating func take(_ piece: some Collection<UInt8>) -> [[UInt8]]? {
        var complete: [[UInt8]] = []
        for byte in piece {
            let step = scanner.take(byte)
            if scanner.depth > 0 || step == .closes { open.append(byte) }
            if open.count > Self.maximumSize { return nil }
            if step == .closes, scanner.depth == 0 {
                complete.append(open)
                open.removeAll(keepingCapacity: open.count < 1 << 16)
            }
        }
        return complete
    }

    /// Whether the stream ends inside an object.
    var isInside: Bool { scanner.depth > 0 }
}
