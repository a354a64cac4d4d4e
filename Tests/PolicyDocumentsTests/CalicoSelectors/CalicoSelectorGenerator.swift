// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyTestKit

/// Draws selectors, texts of Calico's language and labels for them.
struct CalicoSelectorGenerator {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private static let keys = ["a", "b", "in", "all", "example.com/c_d"]
    private static let values = ["", "x", "xy", "yx", "all()", "it's", "say \"x\""]

    /// Any selector that the language can say, canonical or not.
    mutating func selector(depth: Int) -> Selector {
        let key = random.pick(Self.keys)
        let kind = random.number(in: 0...(depth > 0 ? 8 : 5))
        switch kind {
        case 0: return .has(key)
        case 1, 2:
            let count = random.number(in: 0...3)
            return .isOneOf(key: key, values: (0..<count).map { _ in random.pick(Self.values) })
        case 3: return .isText(key: key, .contains(random.pick(Self.values)))
        case 4: return .isText(key: key, .startsWith(random.pick(Self.values)))
        case 5:
            return random.chance(20)
                ? .everything : .isText(key: key, .endsWith(random.pick(Self.values)))
        case 6: return .not(selector(depth: depth - 1))
        default:
            let operands = (0..<random.number(in: 0...3)).map { _ in selector(depth: depth - 1) }
            return kind == 7 ? .all(operands) : .any(operands)
        }
    }

    /// Labels of some of the keys.
    mutating func labels() -> [String: String] {
        var labels: [String: String] = [:]
        for key in Self.keys where random.chance(60) { labels[key] = random.pick(Self.values) }
        return labels
    }

    /// A text with its meaning, which is written down as the text is and knows no selectors.
    struct Written {
        var text: String
        var holds: ([String: String]) -> Bool
    }

    /// A text with blanks, quotes and spellings as they come.
    mutating func text(depth: Int) -> Written {
        if depth == 0 || random.chance(30) { return condition() }
        let left = text(depth: depth - 1)
        switch random.number(in: 0...4) {
        case 0: return Written(text: "!\(blank())(\(left.text))") { !left.holds($0) }
        case 1: return Written(text: "!!(\(left.text)\(blank()))") { left.holds($0) }
        case 2:
            let right = text(depth: depth - 1)
            return Written(text: "(\(left.text))\(blank())&&\(blank())(\(right.text))") {
                left.holds($0) && right.holds($0)
            }
        case 3:
            let right = text(depth: depth - 1)
            return Written(text: "(\(left.text))\(blank())||\(blank())(\(right.text))") {
                left.holds($0) || right.holds($0)
            }
        default:
            // && binds closer than ||.
            let (one, two, three) = (condition(), condition(), condition())
            return Written(text: "\(one.text) || \(two.text) && \(three.text)") {
                one.holds($0) || (two.holds($0) && three.holds($0))
            }
        }
    }

    private mutating func blank() -> String { random.pick(["", " ", "\t", "  "]) }

    private mutating func condition() -> Written {
        let key = random.pick(Self.keys)
        let value = random.pick(Self.values)
        let quoted = quote(value)
        switch random.number(in: 0...8) {
        case 0: return Written(text: "has(\(blank())\(key)\(blank()))") { $0[key] != nil }
        case 1: return Written(text: "all(\(blank()))") { _ in true }
        case 2: return Written(text: "\(key)\(blank())==\(blank())\(quoted)") { $0[key] == value }
        case 3: return Written(text: "\(key) !=\(blank())\(quoted)") { $0[key] != value }
        case 4:
            return Written(text: "\(key) contains \(quoted)") {
                $0[key].map { value.isEmpty || $0.contains(value) } ?? false
            }
        case 5:
            return Written(text: "\(key) starts\(blank())with\(blank())\(quoted)") {
                $0[key]?.hasPrefix(value) ?? false
            }
        case 6:
            return Written(text: "\(key) ends\(blank())with\(blank())\(quoted)") {
                $0[key]?.hasSuffix(value) ?? false
            }
        default:
            let other = random.pick(Self.values)
            let comma = random.chance(30) ? "," : ""
            let set = "{\(quoted)\(blank()),\(quote(other))\(comma)\(blank())}"
            if random.chance(50) {
                return Written(text: "\(key) in\(blank())\(set)") {
                    $0[key] == value || $0[key] == other
                }
            }
            return Written(text: "\(key) not\(blank())in\(blank())\(set)") {
                $0[key] != value && $0[key] != other
            }
        }
    }

    private mutating func quote(_ value: String) -> String {
        if value.contains("'") { return "\"\(value)\"" }
        if value.contains("\"") { return "'\(value)'" }
        return random.chance(50) ? "'\(value)'" : "\"\(value)\""
    }
}
