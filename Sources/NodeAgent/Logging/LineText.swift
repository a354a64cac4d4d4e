// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Foreign text made safe for one line of a log or of a terminal: it cannot begin another line,
/// colour the terminal, reverse the direction of what follows, or pass for another field.
public enum LineText {
    /// The text with escapes for what does not print, without quotes around it.
    public static func printable(_ text: String) -> String { escaped(text, quotes: false) }

    /// The text as it is if it is one plain word, otherwise in quotes with escapes.
    public static func value(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                isPrintable($0) && !$0.properties.isWhitespace
                    && !"\"\\=".unicodeScalars.contains($0)
            }
        return isPlain ? text : "\"\(escaped(text, quotes: true))\""
    }

    /// The text as a JSON string with its quotes. Everything that does not print is escaped.
    public static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            default: for unit in UTF16.encode(scalar)! { result += "\\u" + hexadecimal(unit) }
            }
        }
        return result + "\""
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"" where quotes: result += "\\\""
            case "\\" where quotes: result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
            default: result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result
    }

    private static func hexadecimal(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
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
