// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What nft keeps beside an object: one-byte type, one-byte length, value. The kernel stores it
/// unread.
struct UserData {
    private(set) var bytes: [UInt8] = []

    /// A zero-terminated comment.
    mutating func append(_ type: UInt8, text: String) {
        let text = Array(text.utf8) + [0]
        bytes += [type, UInt8(clamping: text.count)] + text.prefix(255)
    }

    /// A number in the host's byte order, as nft writes it.
    mutating func append(_ type: UInt8, number: UInt32) {
        bytes += [type, 4]
        withUnsafeBytes(of: number) { bytes += $0 }
    }

    /// User data that holds a comment and nothing else; nil without a comment.
    static func comment(_ text: String?) -> UserData? {
        guard let text else { return nil }
        var data = UserData()
        data.append(UserDataType.comment, text: text)
        return data
    }

    /// The text with this type, if there is one. Other types are passed over: newer versions of
    /// nft may write some that are unknown here.
    static func text(_ type: UInt8, in bytes: ByteView?) -> String? {
        guard var rest = bytes else { return nil }
        while let found = rest.integer(UInt8.self, at: 0),
            let length = rest.integer(UInt8.self, at: 1).map(Int.init), length <= rest.count - 2
        {
            if found == type { return rest.slice(from: 2, length: length).string }
            rest = rest.slice(from: 2 + length)
        }
        return nil
    }
}
