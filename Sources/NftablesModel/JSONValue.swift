// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A JSON value that prints the same for equal values: members keep their order.
public enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number of zero or more.
    case number(UInt64)
    /// The number below zero with this magnitude.
    case negative(UInt64)
    /// A text, without quotes or escapes.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Names and values in order.
    case object([Member])

    /// One name of an object and its value.
    public struct Member: Hashable, Sendable {
        /// The name.
        public var key: String
        /// The value.
        public var value: JSONValue

        /// A name with its value.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// An object with these members; those without a value are left out.
    public static func object(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
    }

    /// The value as indented text without a newline at its end. Arrays and objects that fit stay on
    /// one line.
    public func text(indentation: String = "") -> String {
        let line = compactText
        if indentation.utf8.count + line.utf8.count <= 100 { return line }
        let inner = indentation + "  "
        switch self {
        case .array(let values):
            let lines = values.map { inner + $0.text(indentation: inner) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indentation)]"
        case .object(let members):
            let lines = members.map {
                "\(inner)\(Self.quoted($0.key)): \($0.value.text(indentation: inner))"
            }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indentation)}"
        default:
            return line
        }
    }

    /// The value on one line.
    public var compactText: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let value): String(value)
        case .negative(let magnitude): "-\(magnitude)"
        case .string(let text): Self.quoted(text)
        case .array(let values): "[\(values.map(\.compactText).joined(separator: ", "))]"
        case .object(let members):
            "{"
                + members.map { "\(Self.quoted($0.key)): \($0.value.compactText)" }
                .joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
