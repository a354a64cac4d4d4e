// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The members of one JSON object, by name, each as the text of its value.
enum JSONMembers {
    /// Finds them; nil if the text is no object. Of what is inside values nothing is asked.
    static func of(_ json: [UInt8]) -> [String: ArraySlice<UInt8>]? {
        guard json.first == UInt8(ascii: "{"), json.last == UInt8(ascii: "}") else { return nil }
        var members: [String: ArraySlice<UInt8>] = [:]
        var scanner = JSONScanner()
        var start = 1
        var name: String?
        for index in json.indices {
            let step = scanner.take(json[index])
            let ends = scanner.depth == 0 && step == .closes
            guard scanner.depth == 1 && step == .none && !scanner.isInString || ends else {
                continue
            }
            switch json[index] {
            case UInt8(ascii: ":"):
                let key = trimmed(json[start..<index])
                guard key.count >= 2, key.first == UInt8(ascii: "\"") else { return nil }
                name = String(decoding: key.dropFirst().dropLast(), as: UTF8.self)
                start = index + 1
            case UInt8(ascii: ","), UInt8(ascii: "}"):
                if let name { members[name] = trimmed(json[start..<index]) }
                name = nil
                start = index + 1
            default: break
            }
        }
        return scanner.depth == 0 ? members : nil
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let first = text.first, first <= UInt8(ascii: " ") { text.removeFirst() }
        while let last = text.last, last <= UInt8(ascii: " ") { text.removeLast() }
        return text
    }
}
