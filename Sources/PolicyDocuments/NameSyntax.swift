// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The grammars of names (Kubernetes: apimachinery/pkg/util/validation).
enum NameSyntax {
    /// A DNS-1123 label, as names of namespaces are.
    static func isLabel(_ text: String) -> Bool {
        isWord(text.utf8, limit: 63, isEdge: isLowerAlphanumeric) {
            isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-")
        }
    }

    static let labelRule =
        "a name is at most 63 lower-case letters, digits and hyphens, with a letter or digit "
        + "at both ends"

    /// A DNS-1123 subdomain, as names of most objects are.
    static func isSubdomain(_ text: String) -> Bool { isSubdomain(text.utf8[...]) }

    private static func isSubdomain(_ text: Substring.UTF8View) -> Bool {
        guard text.count <= 253 else { return false }
        // Each part begins and ends with a letter or digit.
        var last = UInt8(ascii: ".")
        for byte in text {
            switch byte {
            case UInt8(ascii: "."): guard isLowerAlphanumeric(last) else { return false }
            case UInt8(ascii: "-"): guard last != UInt8(ascii: ".") else { return false }
            default: guard isLowerAlphanumeric(byte) else { return false }
            }
            last = byte
        }
        return isLowerAlphanumeric(last)
    }

    static let subdomainRule =
        "a name is at most 253 lower-case letters, digits, hyphens and dots, with a letter or "
        + "digit at both ends of each part"

    /// A label's key: a name, perhaps after a DNS subdomain and a slash.
    static func isQualifiedName(_ text: String) -> Bool {
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            return isLabelWord(text.utf8[...])
        }
        let name = text.utf8[text.utf8.index(after: slash)...]
        return isLabelWord(name) && isSubdomain(text.utf8[..<slash])
    }

    static let qualifiedNameRule =
        "a key is a name of at most 63 letters, digits, '-', '_' and '.', with a letter or digit "
        + "at both ends, perhaps after a DNS name and a slash"

    /// A label's value; it may be empty.
    static func isLabelValue(_ text: String) -> Bool {
        text.isEmpty || isLabelWord(text.utf8[...])
    }

    static let labelValueRule =
        "a value is empty, or at most 63 letters, digits, '-', '_' and '.', with a letter or "
        + "digit at both ends"

    /// The name of a port (`IANA_SVC_NAME`, RFC 6335).
    static func isPortName(_ text: String) -> Bool {
        isWord(text.utf8, limit: 15, isEdge: isLowerAlphanumeric) {
            isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-")
        } && text.utf8.contains { $0 >= UInt8(ascii: "a") } && !hasDoubleHyphen(text.utf8)
    }

    static let portNameRule =
        "a port's name is at most 15 lower-case letters, digits and single hyphens, at least one "
        + "of them a letter, with no hyphen at the ends"

    private static func hasDoubleHyphen(_ text: String.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return zip(text, text.dropFirst()).contains { $0 == hyphen && $1 == hyphen }
    }

    private static func isLabelWord(_ text: Substring.UTF8View) -> Bool {
        isWord(text, limit: 63, isEdge: isAlphanumeric) { byte in
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
            default: isAlphanumeric(byte)
            }
        }
    }

    private static func isWord(
        _ text: some BidirectionalCollection<UInt8>, limit: Int, isEdge: (UInt8) -> Bool,
        isInner: (UInt8) -> Bool
    ) -> Bool {
        guard let first = text.first, let last = text.last, text.count <= limit else {
            return false
        }
        return isEdge(first) && isEdge(last) && text.allSatisfy(isInner)
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || isLowerAlphanumeric(byte | 0x20) && byte >= UInt8(ascii: "A")
    }
}
