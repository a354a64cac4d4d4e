// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

extension NameSyntax {
    /// A domain name of at least two labels, perhaps after `*.`, and with or without a dot at the
    /// end (S59; network-policy-api: `DomainName`).
    static func isDomainPattern(_ text: String) -> Bool {
        var name = text[...]
        if name.hasPrefix("*.") { name = name.dropFirst(2) }
        if name.hasSuffix(".") { name = name.dropLast() }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2 && labels.allSatisfy(isDomainLabel)
    }

    static let domainPatternRule =
        "write a name such as example.com, or *.example.com for all below it; * stands only at "
        + "the front, for whole labels"

    private static func isDomainLabel(_ label: Substring) -> Bool {
        let isEdge = { (letter: Character) in
            letter.isASCII && (letter.isLetter || letter.isNumber)
        }
        guard let first = label.first, let last = label.last else { return false }
        return isEdge(first) && isEdge(last)
            && label.allSatisfy { isEdge($0) || $0 == "-" || $0 == "_" }
    }
}
