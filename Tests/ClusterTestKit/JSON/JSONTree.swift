// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A JSON value whose members keep their order and whose numbers keep their spelling.
public indirect enum JSONTree: Hashable, Sendable {
    /// A string.
    case text(String)
    /// A number, `true`, `false` or `null`, as it stands.
    case word(String)
    /// An array.
    case list([JSONTree])
    /// An object.
    case object([Member])

    /// A name with its value.
    public struct Member: Hashable, Sendable {
        /// The name.
        public var name: String
        /// What stands there.
        public var value: JSONTree
    }

    /// An object of these members; those that are nil are left out.
    public static func members(_ members: (String, JSONTree?)...) -> JSONTree {
        .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }

    /// What stands at a name of an object. Nil takes the member away; a new one goes to the end.
    public subscript(name: String) -> JSONTree? {
        get {
            guard case .object(let members) = self else { return nil }
            return members.first { $0.name == name }?.value
        }
        set {
            guard case .object(var members) = self else { return }
            let position = members.firstIndex { $0.name == name }
            switch (position, newValue) {
            case (let position?, let value?): members[position].value = value
            case (let position?, nil): members.remove(at: position)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): return
            }
            self = .object(members)
        }
    }

    /// The string; nil if this is anything else.
    public var string: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The members of an object, or none.
    public var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The elements of an array, or none.
    public var elements: [JSONTree] {
        if case .list(let elements) = self { elements } else { [] }
    }

    /// The members that are strings, as labels are.
    public var strings: [String: String] {
        Dictionary(
            members.compactMap { member in member.value.string.map { (member.name, $0) } },
            uniquingKeysWith: { $1 })
    }
}

extension JSONTree {
    /// The value on one line.
    public var json: String {
        var result = ""
        write(into: &result)
        return result
    }

    private func write(into result: inout String) {
        switch self {
        case .text(let text): result += Self.quoted(text)
        case .word(let word): result += word
        case .list(let elements):
            result += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { result += "," }
                element.write(into: &result)
            }
            result += "]"
        case .object(let members):
            result += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { result += "," }
                result += Self.quoted(member.name)
                result += ":"
                member.value.write(into: &result)
            }
            result += "}"
        }
    }

    /// A string in double quotes, escaped as Go's encoder does: `<`, `>` and `&` too.
    public static func quoted(_ text: String) -> String {
        let plain = text.utf8.allSatisfy {
            $0 >= 0x20 && $0 < 0x80 && !#""\<>&"#.utf8.contains($0)
        }
        if plain { return "\"\(text)\"" }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case "<": result += "\\u003c"
            case ">": result += "\\u003e"
            case "&": result += "\\u0026"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByStringInterpolation
{
    /// A string.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A number.
    public init(integerLiteral value: Int) { self = .word("\(value)") }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .word("\(value)") }
}
