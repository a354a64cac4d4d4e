// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What a scalar means to Kubernetes.
///
/// Kubernetes reads YAML 1.1 with go-yaml v2 (`resolve.go`), turns it into JSON and decodes that.
/// Hence `yes` is a boolean, `010` is eight, `1:30` and dates are text, and `80.0` is the
/// integer 80 (S73). Plain scalars of JSON mean the same by these rules.
enum ScalarValue: Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// A number that is no 64-bit integer.
    case number(Double)
    case string(String)

    /// Resolves a scalar that stands without quotes.
    init(plain text: String) {
        guard let first = text.utf8.first else {
            self = .null
            return
        }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            self = Self.special(text) ?? Self.number(text) ?? .string(text)
        case UInt8(ascii: "."):
            // go-yaml hands these to ParseFloat as they are, underscores included.
            self = Self.special(text) ?? Self.float(Substring(text)) ?? .string(text)
        case _ where text.utf8.count <= 5:
            self = Self.special(text) ?? .string(text)
        default:
            self = .string(text)
        }
    }

    /// Whether a scalar that stands without quotes is null; asked of nearly every value.
    static func isNull(plain text: String) -> Bool {
        switch text.utf8.count {
        case 0: true
        case 1: text == "~"
        case 4: text == "null" || text == "Null" || text == "NULL"
        default: false
        }
    }

    private static func special(_ text: String) -> ScalarValue? {
        if isNull(plain: text) { return .null }
        return switch text {
        case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
            .boolean(true)
        case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
            .boolean(false)
        case ".nan", ".NaN", ".NAN": .number(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": .number(.infinity)
        case "-.inf", "-.Inf", "-.INF": .number(-.infinity)
        default: nil
        }
    }

    private static func number(_ text: String) -> ScalarValue? {
        let digits = text.utf8.contains(UInt8(ascii: "_")) ? text.filter { $0 != "_" } : text
        return integer(digits[...]) ?? float(digits[...])
    }

    /// Go's `strconv.ParseInt` with base 0: a sign, then a prefix that sets the base. `08` is no
    /// octal number and so falls through to ``float(_:)``, as there.
    private static func integer(_ text: Substring) -> ScalarValue? {
        var digits = text
        let isNegative = digits.first == "-"
        if isNegative || digits.first == "+" { digits = digits.dropFirst() }
        var radix = 10
        if digits.first == "0", digits.count > 1 {
            let prefixes: [Character: Int] = ["x": 16, "X": 16, "b": 2, "B": 2, "o": 8, "O": 8]
            let prefix = digits.dropFirst().first.flatMap { prefixes[$0] }
            radix = prefix ?? 8
            digits = digits.dropFirst(prefix == nil ? 1 : 2)
        }
        // `Int64` would accept a second sign.
        guard let first = digits.first, first != "+", first != "-" else { return nil }
        return Int64((isNegative ? "-" : "") + digits, radix: radix).map(ScalarValue.integer)
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, finite; whole numbers are integers,
    /// because JSON does not tell `80.0` from `80`.
    private static func float(_ text: Substring) -> ScalarValue? {
        var rest = text.utf8[...]
        func takeDigits() -> Int {
            let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
            rest = rest.dropFirst(count)
            return count
        }
        func take(_ either: Character, _ or: Character) -> Bool {
            guard rest.first == either.asciiValue || rest.first == or.asciiValue else {
                return false
            }
            rest = rest.dropFirst()
            return true
        }
        _ = take("-", "+")
        let whole = takeDigits()
        let fraction = take(".", ".") ? takeDigits() : 0
        guard whole + fraction > 0 else { return nil }
        if take("e", "E") {
            _ = take("-", "+")
            guard takeDigits() > 0 else { return nil }
        }
        guard rest.isEmpty, let value = Double(text), value.isFinite else { return nil }
        // Go prints 1e21 and above with an exponent, which no integer field accepts.
        return Int64(exactly: value).map(ScalarValue.integer) ?? .number(value)
    }
}

extension ScalarValue {
    /// The kind of value, for messages: `a boolean`.
    var kind: String {
        switch self {
        case .null: "null"
        case .boolean: "a boolean"
        case .integer, .number: "a number"
        case .string: "text"
        }
    }
}
