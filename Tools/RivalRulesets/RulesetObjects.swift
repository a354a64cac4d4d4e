// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// How much the kernel holds of a ruleset, as nft reads it back: the same count for every shape.
public struct RulesetObjects: Equatable, Sendable {
    /// Rules of all chains.
    public private(set) var rules = 0
    /// Base chains and others.
    public private(set) var chains = 0
    /// Sets and maps, anonymous ones too.
    public private(set) var sets = 0
    /// Elements, intervals counted once.
    public private(set) var elements = 0
    /// Instructions of all rules.
    public private(set) var expressions = 0

    /// Nothing.
    public init() {}

    /// Counts from what `nft --debug=netlink list ruleset` prints: of each set a head
    /// (`ip table @name`) and its elements, of each rule a head and its instructions, and then the
    /// ruleset as nft writes it.
    public init(listing: String) {
        var isAfterHead = false
        for line in listing.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.split(separator: " ")
            if line.hasPrefix("\tchain ") {
                chains += 1
            } else if line.hasPrefix("\tset ") || line.hasPrefix("\tmap ") {
                sets += 1
            } else if line.hasPrefix("  [ ") {
                expressions += 1
                if isAfterHead { rules += 1 }
            } else if line.hasPrefix("\telement "), line.hasSuffix(" 0 [end]") {
                elements += 1
            } else if words.count == 3, words[2].hasPrefix("@__") {
                sets += 1
            }
            isAfterHead = !line.isEmpty && line.first != " " && line.first != "\t"
        }
    }

    /// For people.
    public var text: String {
        "\(rules) rules, \(chains) chains, \(sets) sets, \(elements) elements, "
            + "\(expressions) expressions"
    }

    /// The fields of a JSON object.
    public var json: [String] {
        [
            "\"rules\": \(rules)", "\"chains\": \(chains)", "\"sets\": \(sets)",
            "\"elements\": \(elements)", "\"expressions\": \(expressions)",
        ]
    }
}
