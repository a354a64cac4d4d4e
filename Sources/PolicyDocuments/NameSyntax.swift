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
    static func isSubdomain(_ text: String) -> Bool {
        text.utf8.count <= 253
            && text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
                .allSatisfy {
                    isWord($0, limit: 253, isEdge: isLowerAlphanumeric) {
                        isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-")
                    }
                }
    }

    static let subdomainRule =
        "a name is at most 253 lower-case letters, digits, hyphens and dots, with a letter or "
        + "digit at both ends of each part"

    /// A label's key: a name, perhaps after a DNS subdomain and a slash.
    static func isQualifiedName(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let name = parts.last else { return false }
        return isLabelWord(String(name)) && (parts.count == 1 || isSubdomain(String(parts[0])))
    }

    static let qualifiedNameRule =
        "a key is a name of at most 63 letters, digits, '-', '_' and '.', with a letter or digit "
        + "at both ends, perhaps after a DNS name and a slash"

    /// A label's value; it may be empty.
    static func isLabelValue(_ text: String) -> Bool {
        text.isEmpty || isLabelWord(text)
    }

    static let labelValueRule =
        "a value is empty, or at most 63 letters, digits, '-', '_' and '.', with a letter or "
        + "digit at both ends"

    /// The name of a port (`IANA_SVC_NAME`, RFC 6335).
    static func isPortName(_ text: String) -> Bool {
        isWord(text.utf8, limit: 15, isEdge: isLowerAlphanumeric) {
            isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-")
        } && text.utf8.contains { $0 >= UInt8(ascii: "a") } && !text.contains("--")
    }

    static let portNameRule =
        "a port's name is at most 15 lower-case letters, digits and single hyphens, at least one "
        + "of them a letter, with no hyphen at the ends"

    private static func isLabelWord(_ text: String) -> Bool {
        isWord(text.utf8, limit: 63, isEdge: isAlphanumeric) {
            isAlphanumeric($0) || "-_.".utf8.contains($0)
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
