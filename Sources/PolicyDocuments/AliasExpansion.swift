// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Keeps a few lines of anchors and aliases from growing into millions of nodes.
enum AliasExpansion {
    /// The most nodes that a document may have. Without aliases it cannot have more nodes than
    /// bytes, but for the root and a key without a value.
    static func limit(forBytes count: Int) -> Int {
        min(count + 100_000, DocumentNode.maximumCount)
    }

    /// Refuses a document with many aliases that also seems to use lists or mappings as keys.
    ///
    /// Yams hashes keys while it parses, before nodes can be counted, and hashing an alias walks
    /// all that it stands for. Few aliases cannot grow far, and no Kubernetes object has such
    /// keys, so that looking at the text is enough.
    static func refuseAliasesInKeys(_ piece: YAMLPieces.Piece) throws(SyntaxError) {
        var anchors = Set<ArraySlice<UInt8>>()
        forEachName(after: UInt8(ascii: "&"), in: piece.bytes) { anchors.insert($0) }
        if anchors.isEmpty { return }
        var uses = 0
        forEachName(after: UInt8(ascii: "*"), in: piece.bytes) {
            if anchors.contains($0) { uses += 1 }
        }
        guard uses > 16, let offset = compoundKey(in: piece.bytes) else { return }
        throw SyntaxError(
            "a document with many aliases has a key that is not plain text",
            at: piece.position(of: offset), remedy: "write the aliases out")
    }

    private static func forEachName(
        after mark: UInt8, in bytes: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void
    ) {
        for index in bytes.indices where bytes[index] == mark && startsToken(index, in: bytes) {
            let name = bytes[(index + 1)...].prefix { !isSpace($0) && !",[]{}:?".utf8.contains($0) }
            if !name.isEmpty { body(name) }
        }
    }

    private static func startsToken(_ index: Int, in bytes: ArraySlice<UInt8>) -> Bool {
        guard index > bytes.startIndex else { return true }
        let previous = bytes[index - 1]
        return isSpace(previous) || "[{,:".utf8.contains(previous)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }

    /// Where `? `, or a colon after a closing bracket or an alias, stands.
    private static func compoundKey(in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.first { index in
            switch bytes[index] {
            case UInt8(ascii: "?"):
                startsToken(index, in: bytes)
                    && (index + 1 == bytes.endIndex || isSpace(bytes[index + 1]))
            case UInt8(ascii: "]"), UInt8(ascii: "}"): colonFollows(bytes[(index + 1)...])
            case UInt8(ascii: "*"):
                startsToken(index, in: bytes)
                    && colonFollows(
                        bytes[(index + 1)...].drop { !isSpace($0) && $0 != UInt8(ascii: ":") })
            default: false
            }
        }
    }

    private static func colonFollows(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.drop { $0 == 0x20 || $0 == 0x09 }.first == UInt8(ascii: ":")
    }
}
