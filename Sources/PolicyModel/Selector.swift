// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A condition on the labels of an endpoint or a namespace.
public indirect enum Selector: Hashable, Sendable {
    /// True of everything.
    case everything
    /// The label exists, with any value.
    case has(String)
    /// The label exists and its value is one of these. No values: true of nothing.
    case isOneOf(key: String, values: [String])
    /// The label exists and its value is such a text.
    case isText(key: String, TextMatch)
    /// True where the operand is false; so `not(isOneOf)` is true where the label is absent (S10).
    case not(Selector)
    /// Every operand is true. No operands: true of everything.
    case all([Selector])
    /// At least one operand is true. No operands: true of nothing.
    case any([Selector])

    /// Whether the condition holds for these labels.
    public func matches(_ labels: [String: String]) -> Bool { matches { labels[$0] } }

    /// Whether the condition holds for labels of which a function gives the values.
    public func matches(_ value: (String) -> String?) -> Bool {
        switch self {
        case .everything: true
        case .has(let key): value(key) != nil
        case .isOneOf(let key, let values): value(key).map(values.contains) ?? false
        case .isText(let key, let match): value(key).map(match.holds) ?? false
        case .not(let operand): !operand.matches(value)
        case .all(let operands): operands.allSatisfy { $0.matches(value) }
        case .any(let operands): operands.contains { $0.matches(value) }
        }
    }
}

extension Selector: CustomStringConvertible {
    /// A compact text that is the same for equal selectors and different for different ones:
    /// `app=web,tier in (a,b),!legacy`.
    public var description: String {
        switch self {
        case .everything: "all"
        // The word alone stands for everything.
        case .has("all"): "all exists"
        case .has(let key): key
        case .isOneOf(let key, let values) where values.count == 1: "\(key)=\(values[0])"
        case .isOneOf(let key, let values): "\(key) in (\(values.joined(separator: ",")))"
        case .isText(let key, let match): "\(key) \(match)"
        case .not(.has(let key)): "!\(key)"
        case .not(.isOneOf(let key, let values)) where values.count == 1: "\(key)!=\(values[0])"
        case .not(.isOneOf(let key, let values)):
            "\(key) notin (\(values.joined(separator: ",")))"
        case .not(let operand): "!(\(operand))"
        case .all(let operands) where operands.count < 2: "all of (\(operands.texts))"
        case .any(let operands) where operands.count < 2: "any of (\(operands.texts))"
        case .all(let operands): operands.map(\.nested).joined(separator: ",")
        case .any(let operands): operands.map(\.nested).joined(separator: " or ")
        }
    }

    private var nested: String {
        switch self {
        case .all, .any: "(\(self))"
        default: description
        }
    }
}

extension [Selector] {
    fileprivate var texts: String { map(\.description).joined() }
}
