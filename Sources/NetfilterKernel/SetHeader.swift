// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

extension FieldType {
    /// The bits that each field takes in a concatenation's key type (nft's `TYPE_BITS`).
    private static let bits: UInt32 = 6

    /// The number under which nft records the type of a whole key.
    static func keyType(_ fields: [FieldType]) -> UInt32 {
        fields.reduce(0) { $0 << bits | $1.number }
    }

    /// In bytes. Fields of a concatenation begin on whole words.
    static func keyLength(_ fields: [FieldType]) -> Int {
        fields.count == 1 ? fields[0].length : fields.reduce(0) { $0 + $1.paddedLength }
    }

    /// The fields of a key that nft or Sluice wrote; empty where one is unknown or the length does
    /// not agree with them.
    static func fields(keyType: UInt32, length: UInt32) -> [FieldType] {
        var fields: [FieldType] = []
        var rest = keyType
        while rest != 0 {
            let number = rest & (1 << bits - 1)
            guard let field = allCases.first(where: { $0.number == number }) else { return [] }
            fields.insert(field, at: 0)
            rest >>= bits
        }
        guard !fields.isEmpty, UInt32(keyLength(fields)) == length else { return [] }
        return fields
    }
}

extension NamedSet {
    /// Whether the kernel must know the fields' lengths: in intervals of a concatenation, where
    /// each field is a range of its own. Otherwise nft leaves them out, and so does Sluice.
    var hasFieldLengths: Bool { isInterval && key.count > 1 }

    /// Whether an interval is held as two elements, its beginning and the value behind its end
    /// (the kernel's red-black tree), rather than as one with two keys.
    var hasBoundaryElements: Bool { isInterval && key.count == 1 }

    /// `NFTA_SET_FLAGS`.
    var headerFlags: UInt32 {
        (isInterval ? SetFlag.interval : 0) | (isVerdictMap ? SetFlag.map : 0)
            | (hasFieldLengths ? SetFlag.concatenation : 0)
    }

    /// What nft keeps beside a set: the byte order of keys (2: network order; 0: of each field, in
    /// a concatenation) and of data, and the comment.
    var userData: UserData {
        var data = UserData()
        data.append(UserDataType.setKeyByteOrder, number: key.count == 1 ? 2 : 0)
        if isVerdictMap { data.append(UserDataType.setDataByteOrder, number: 0) }
        if isVerdictMap { data.append(UserDataType.setDataInterval, number: 0) }
        if let comment { data.append(UserDataType.setComment, text: comment) }
        return data
    }
}
