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
    mutating func take(_ piece: some Collection<UInt8>) -> [[UInt8]]? {
        var complete: [[UInt8]] = []
        for byte in piece {
            let step = scanner.take(byte)
            if isInItems {
                takeInItems(byte, step, &complete)
                if item.count > JSONValueSplitter.maximumSize { return nil }
            } else {
                takeOutside(byte, step)
                if rest.count > JSONValueSplitter.maximumSize { return nil }
            }
        }
        return complete
    }

    private mutating func takeInItems(
        _ byte: UInt8, _ step: JSONScanner.Step, _ complete: inout [[UInt8]]
    ) {
        if step == .closes, scanner.depth == 1 {
            isInItems = false
            rest.append(byte)
            return
        }
        if scanner.depth > 2 || step == .closes { item.append(byte) }
        if step == .closes, scanner.depth == 2 {
            complete.append(item)
            item.removeAll(keepingCapacity: item.count < 1 << 16)
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
