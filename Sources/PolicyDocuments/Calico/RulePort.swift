// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// An entry of a list of ports in one of Calico's rules.
enum RulePort: Hashable {
    /// One port or an inclusive range.
    case numbers(ClosedRange<UInt16>)
    /// A name that endpoints give to ports.
    case named(String)

    private static let remedy =
        "write a number from 1 to 65535, a range such as \"8000:8080\", or a port's name"

    /// Decodes `80`, `"8000:8080"` or `http`.
    init?(_ field: Field, _ log: inout ProblemLog) {
        guard case .string(let text) = field.node.scalar else {
            guard let number = field.portNumber(&log) else { return nil }
            self = .numbers(number...number)
            return
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap(Self.number)
        switch (parts.count, numbers.count) {
        case (1, 1): self = .numbers(numbers[0]...numbers[0])
        case (2, 2) where numbers[0] <= numbers[1]: self = .numbers(numbers[0]...numbers[1])
        case (2, 2):
            log.error(
                field, "\(MessageText.quoted(text)) ends before it begins",
                remedy: "write the lower number first", topic: .invertedPortRange)
            return nil
        case (1, 0) where Self.isName(text):
            Self.warnOfRange(text, field, &log)
            self = .named(text)
        default:
            log.error(field, "\(MessageText.quoted(text)) is not a port", remedy: Self.remedy)
            return nil
        }
    }

    /// In Calico's API a range with a hyphen is a port's name, and so matches nothing: no endpoint has
    /// a port without a letter in its name.
    private static func warnOfRange(_ text: String, _ field: Field, _ log: inout ProblemLog) {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(Self.number)
        guard ends.count == 2, let first = ends[0], let last = ends[1] else { return }
        log.warning(
            field, "\(MessageText.quoted(text)) is a port's name, not a range, and matches nothing",
            remedy: "write \"\(first):\(last)\"")
    }

    private static func number(_ text: Substring) -> UInt16? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt16(text), number > 0
        else { return nil }
        return number
    }

    /// Whether this can be a port's name: not a number, and of letters, digits, `-`, `_` and `.`.
    static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.contains { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && !text.hasPrefix("-")
            && text.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                        || "-_.".unicodeScalars.contains($0))
            }
    }
}
