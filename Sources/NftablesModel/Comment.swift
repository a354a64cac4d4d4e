// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The comments that nft keeps in an object's user data.
public enum Comment {
    /// In bytes; nft refuses longer ones (`NFTNL_UDATA_COMMENT_MAXLEN`).
    public static let maximumLength = 128

    /// Joins `items` by commas; those that do not fit are counted instead: `a, b (+3)`. Characters
    /// that would end nft's quoted string are left out.
    public static func listing(_ prefix: String, _ items: [String]) -> String {
        var text = clean(prefix)
        for (index, item) in items.enumerated() {
            let separator = index == 0 ? "" : ", "
            let next = text + separator + clean(item)
            let rest = items.count - index - 1
            let reserve = rest == 0 ? 0 : " (+\(rest))".utf8.count
            if next.utf8.count + reserve > maximumLength {
                return cut(text, to: maximumLength - 12) + " (+\(rest + 1))"
            }
            text = next
        }
        return text
    }

    private static func clean(_ text: String) -> String {
        String(text.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7f && $0 != "\"" })
    }

    private static func cut(_ text: String, to length: Int) -> String {
        text.utf8.count <= length ? text : String(text.prefix(length))
    }
}
