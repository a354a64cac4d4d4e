// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

extension Transaction {
    /// The steps as commands that `nft -f` carries out, with the reason of each group of steps
    /// before it.
    public var text: String {
        var lines: [String] = []
        var reason: String?
        for step in steps {
            if step.reason != reason {
                if reason != nil { lines.append("") }
                lines.append("# \(step.reason)")
                reason = step.reason
            }
            lines.append(step.operation.text(table: table))
        }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
    }
}

extension Migration {
    /// The transactions' commands. Carried out at once, as `nft -f` does, they lead to the same table.
    public var text: String {
        guard transactions.count > 1 else { return transactions.first?.text ?? "" }
        let parts = transactions.enumerated().map { position, transaction in
            "# ---- transaction \(position + 1) of \(transactions.count)\n\n\(transaction.text)"
        }
        return parts.joined(separator: "\n")
    }
}

extension Operation {
    /// The operation as a command of `nft`.
    public func text(table: String) -> String {
        let place = "inet \(table)"
        switch self {
        case .addTable(let name, let comment):
            let block = comment.map { " { comment \"\($0)\" ; }" } ?? ""
            return "add table inet \(name)\(block)"
        case .deleteTable(let name):
            return "delete table inet \(name)"
        case .addChain(let chain):
            return "add chain \(place) \(chain.name)\(Self.block(chain.headerLines))"
        case .deleteChain(let name):
            return "delete chain \(place) \(name)"
        case .addSet(let set):
            let kind = set.isVerdictMap ? "map" : "set"
            return "add \(kind) \(place) \(set.name)\(Self.block(set.headerLines))"
        case .deleteSet(let name):
            return "delete set \(place) \(name)"
        case .addElements(let elements, let set):
            return "add element \(place) \(set.name) \(Self.list(elements, of: set))"
        case .deleteElements(let elements, let set):
            return "delete element \(place) \(set.name) \(Self.list(elements, of: set))"
        case .appendRule(let rule, let chain):
            return "add rule \(place) \(chain) \(rule.text())"
        case .insertRule(let rule, let chain, let handle):
            return "insert rule \(place) \(chain) handle \(handle) \(rule.text())"
        case .replaceRule(let rule, let chain, let handle):
            return "replace rule \(place) \(chain) handle \(handle) \(rule.text())"
        case .deleteRule(let chain, let handle):
            return "delete rule \(place) \(chain) handle \(handle)"
        }
    }

    private static func block(_ lines: [String]) -> String {
        let content = lines.map { $0.hasSuffix(";") ? "\($0) " : "\($0) ; " }.joined()
        return content.isEmpty ? "" : " { \(content)}"
    }

    private static func list(_ elements: SetElements, of set: NamedSet) -> String {
        let texts = set.elementTexts(elements)
        if texts.count == 1 { return "{ \(texts[0]) }" }
        return "{\n" + texts.map { "\t\($0),\n" }.joined() + "}"
    }
}
