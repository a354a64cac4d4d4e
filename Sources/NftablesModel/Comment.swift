// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The comments that nft keeps in an object's user data.
public enum Comment {
    /// In bytes; nft refuses longer ones (`NFTNL_UDATA_COMMENT_MAXLEN`).
    public static let maximumLength = 128

    /// The text cut to what fits, and ``plain(_:)``.
    public static func fitting(_ text: String) -> String {
        let clean = plain(text)
        return clean.utf8.count <= maximumLength
            ? clean : String(clean.prefix(maximumLength - 3)) + "..."
    }

    /// The text without characters that would end nft's quoted string, and without all that are not
    /// ASCII's printable ones.
    public static func plain(_ text: String) -> String {
        func isPlain(_ byte: UInt8) -> Bool {
            byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"")
        }
        return text.utf8.allSatisfy(isPlain)
            ? text : String(decoding: text.utf8.filter(isPlain), as: UTF8.self)
    }

    /// Joins `items` by commas behind a prefix; those that do not fit are counted instead:
    /// `for: a, b (+3)`.
    public static func listing(_ prefix: String, _ items: [String]) -> String {
        joining(items.enumerated().map { ($0 == 0 ? prefix : ", ") + $1 }, or: prefix)
    }

    /// Joins parts, each with what separates it from the one before; those that do not fit are counted
    /// instead: `a, b; c (+3)`. A first one that does not fit is cut.
    ///
    /// - Parameters:
    ///   - parts: each is asked for once, as long as there is room.
    ///   - empty: What no parts come to.
    @inlinable public static func joining(
        _ parts: some RandomAccessCollection<String>, or empty: String = ""
    ) -> String {
        var text = parts.isEmpty ? empty : ""
        for (position, part) in parts.enumerated() {
            let next = text + part
            let rest = parts.count - position - 1
            let reserve = rest == 0 ? 0 : " (+\(rest))".utf8.count
            if next.utf8.count + reserve > maximumLength {
                let count = " (+\(position == 0 ? rest : rest + 1))"
                let head = position == 0 ? String(next.prefix(maximumLength - 16)) + "..." : text
                return fitting(head + (position == 0 && rest == 0 ? "" : count))
            }
            text = next
        }
        return fitting(text)
    }
}
