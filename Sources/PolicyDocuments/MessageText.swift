// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Foreign text made safe for messages: it cannot break the line, colour the terminal or run on.
package enum MessageText {
    private static let longest = 120

    /// The text in double quotes, with escapes for what does not print.
    package static func quoted(_ text: String) -> String {
        "\"\(escaped(text, isQuoted: true))\""
    }

    /// The text as it is if it is one plain word, otherwise ``quoted(_:)``.
    package static func visible(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.utf8.count <= longest
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }
        return isPlain ? text : quoted(text)
    }

    /// The text with escapes for what does not print, so that it stays on its line.
    package static func line(_ text: String) -> String { escaped(text, isQuoted: false) }

    private static func escaped(_ text: String, isQuoted: Bool) -> String {
        var result = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            if count == longest { return result + "…" }
            switch scalar {
            case "\"" where isQuoted: result += "\\\""
            case "\\" where isQuoted: result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            default: result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result
    }

    /// Format characters do not print: among them are those that reverse the direction of text.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.value >= 0x20 && scalar.value != 0x7F }
        return switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        default: true
        }
    }
}
