// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Follows how deep the bytes of a JSON text are nested, without asking whether they are well formed:
/// whoever reads the pieces finds that out.
struct JSONScanner {
    /// How many objects and arrays are open.
    private(set) var depth = 0
    /// Whether the next byte stands inside a string.
    private(set) var isInString = false
    private var isEscaped = false

    /// What a byte does to the structure.
    enum Step {
        /// Nothing.
        case none
        /// It opens an object or an array.
        case opens
        /// It closes one.
        case closes
        /// It begins or ends a string.
        case quotes
    }

    /// Takes the next byte.
    mutating func take(_ byte: UInt8) -> Step {
        if isInString {
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
                return .quotes
            }
            return .none
        }
        switch byte {
        case UInt8(ascii: "\""):
            isInString = true
            return .quotes
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            depth += 1
            return .opens
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            return .closes
        default: return .none
        }
    }

    /// Takes bytes up to the one that closes the last of what is nested deeper than `floor`, or up to
    /// the end.
    ///
    /// - Returns: The position behind the last byte that was taken.
    mutating func take(_ bytes: Span<UInt8>, from start: Int, downTo floor: Int) -> Int {
        var index = start
        while index < bytes.count {
            if isInString {
                index = passText(bytes, from: index)
                continue
            }
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth <= floor { return index }
            default: break
            }
        }
        return index
    }

    /// Takes the rest of a string, or what there is of it.
    private mutating func passText(_ bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        if isEscaped {
            isEscaped = false
            index += 1
        }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "\"") {
                isInString = false
                return index
            }
            if byte == UInt8(ascii: "\\") {
                guard index < bytes.count else {
                    isEscaped = true
                    return index
                }
                index += 1
            }
        }
        return index
    }
}
