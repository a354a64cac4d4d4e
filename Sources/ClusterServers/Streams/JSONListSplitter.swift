// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Cuts the JSON text of a list into its items as it comes, so that no list is ever in memory as a
/// whole.
///
/// The items are the elements of the array that is called so, `items` unless said otherwise, in the
/// outermost object. All else of that object is ``rest``.
struct JSONListSplitter {
    private let name: [UInt8]
    private var scanner = JSONScanner()
    private var item: [UInt8] = []
    /// The text without the items; their array is empty in it.
    private(set) var rest: [UInt8] = []
    private var isInItems = false
    /// The last string of the outermost object, which is a key if a colon follows.
    private var key: [UInt8] = []
    private var isItemsKey = false

    /// A splitter of a list whose items are called so.
    init(items name: String = "items") {
        self.name = Array(name.utf8)
    }

    /// Whether the outermost object has ended.
    private(set) var isEnded = false

    /// Takes the next piece of the text.
    ///
    /// - Returns: The items that end in it; nil if one is larger than is kept.
    mutating func take(_ piece: ArraySlice<UInt8>) -> [[UInt8]]? {
        var complete: [[UInt8]] = []
        let bytes = piece.span
        var index = piece.startIndex
        while index < piece.endIndex {
            if isInItems, scanner.depth > 2 {
                let end =
                    piece.startIndex
                    + scanner.take(bytes, from: index - piece.startIndex, downTo: 2)
                item += piece[index..<end]
                index = end
                if item.count > JSONValueSplitter.maximumSize { return nil }
                if scanner.depth == 2 {
                    complete.append(item)
                    item = []
                }
                continue
            }
            let byte = piece[index]
            let step = scanner.take(byte)
            index += 1
            if isInItems {
                takeBetweenItems(byte, step)
            } else {
                takeOutside(byte, step)
                if rest.count > JSONValueSplitter.maximumSize { return nil }
            }
        }
        return complete
    }

    /// The same with a whole array.
    mutating func take(_ piece: [UInt8]) -> [[UInt8]]? { take(piece[...]) }

    private mutating func takeBetweenItems(_ byte: UInt8, _ step: JSONScanner.Step) {
        if step == .opens { item.append(byte) }
        if step == .closes {
            isInItems = false
            rest.append(byte)
        }
    }

    private mutating func takeOutside(_ byte: UInt8, _ step: JSONScanner.Step) {
        rest.append(byte)
        // Servers end the text with a line's end.
        if step == .closes, scanner.depth == 0 { isEnded = true }
        guard scanner.depth == 1 || scanner.depth == 2 && step == .opens else { return }
        switch step {
        case .quotes:
            if scanner.isInString { key.removeAll(keepingCapacity: true) }
        case .opens:
            isInItems =
                scanner.depth == 2 && isItemsKey && byte == UInt8(ascii: "[")
            isItemsKey = false
        case .closes: break
        case .none:
            if scanner.isInString {
                key.append(byte)
            } else if byte == UInt8(ascii: ":") {
                isItemsKey = key == name
            } else if byte == UInt8(ascii: ",") {
                isItemsKey = false
            }
        }
    }
}
