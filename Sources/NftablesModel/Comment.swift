// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The comments that nft keeps in an object's user data.
public enum Comment {
    /// In bytes; nft refuses longer ones (`NFTNL_UDATA_COMMENT_MAXLEN`).
    public static let maximumLength = 128

    /// The text without characters that would end nft's quoted string, cut to what fits.
    public static func fitting(_ text: String) -> String {
        func isPlain(_ byte: UInt8) -> Bool {
            byte >= 0x20 && byte < 0x7f && byte != UInt8(ascii: "\"")
        }
        let clean =
            text.utf8.allSatisfy(isPlain)
            ? text : String(decoding: text.utf8.filter(isPlain), as: UTF8.self)
        return clean.utf8.count <= maximumLength
            ? clean : String(clean.prefix(maximumLength - 3)) + "..."
    }

    /// Joins `items` by commas behind a prefix; those that do not fit are counted instead:
    /// `for: a, b (+3)`.
    public static func listing(_ prefix: String, _ items: [String]) -> String {
        var text = prefix
        for (position, item) in items.enumerated() {
            let next = text + (position == 0 ? "" : ", ") + item
            let rest = items.count - position - 1
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
