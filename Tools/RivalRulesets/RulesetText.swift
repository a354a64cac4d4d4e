// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A ruleset in nft's language, under construction.
struct RulesetText {
    /// A chain's name, its line of attachment where it has one, and its rules.
    private var chains: [(name: String, hook: String?, rules: [String])] = []
    private var sets: [String] = []

    /// Adds a chain.
    mutating func chain(_ name: String, hook: String? = nil, _ rules: [String]) {
        chains.append((name, hook, rules))
    }

    /// Adds a set or map whose elements are written out already.
    mutating func set(
        _ name: String, kind: String = "set", type: String, isInterval: Bool = false,
        _ elements: [String]
    ) {
        var lines = ["\t\(kind) \(name) {", "\t\ttype \(type)"]
        if isInterval { lines.append("\t\tflags interval") }
        if !elements.isEmpty {
            lines.append("\t\telements = { \(elements.joined(separator: ", ")) }")
        }
        sets.append((lines + ["\t}"]).joined(separator: "\n"))
    }

    /// The whole as a table. Verdicts of maps name chains, so chains are declared first.
    func table(_ family: String, _ name: String) -> String {
        var lines = ["table \(family) \(name) {"]
        lines += chains.filter { $0.hook == nil }.map { "\tchain \($0.name) {\n\t}" }
        lines += sets
        for chain in chains {
            lines.append("\tchain \(chain.name) {")
            if let hook = chain.hook { lines.append("\t\t\(hook)") }
            lines += chain.rules.map { "\t\t\($0)" }
            lines.append("\t}")
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }
}
