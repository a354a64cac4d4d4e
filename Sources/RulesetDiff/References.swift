// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// The objects of a table that a rule or an element names. The kernel refuses to delete an object
/// while something names it.
enum ObjectName: Hashable, Comparable {
    case chain(String)
    case set(String)
}

extension Rule {
    var references: [ObjectName] {
        expressions.compactMap { expression in
            switch expression {
            case .lookup(let set, _, _), .verdictLookup(let set, _): .set(set)
            case .verdict(let verdict): verdict.reference
            default: nil
            }
        }
    }
}

extension Verdict {
    var reference: ObjectName? {
        switch self {
        case .jump(let chain), .goto(let chain): .chain(chain)
        case .accept, .drop, .return: nil
        }
    }
}

extension SetElements {
    var references: [ObjectName] {
        guard case .entries(let entries) = self else { return [] }
        return entries.compactMap(\.verdict?.reference)
    }
}

/// Puts objects that go in an order in which each is named by none that is still there.
struct DeletionOrder {
    private let references: [ObjectName: [ObjectName]]

    /// - Parameter table: as it stands when the deletions begin.
    init(in table: Table) {
        var references: [ObjectName: [ObjectName]] = [:]
        for chain in table.chains {
            references[.chain(chain.name)] = chain.rules.flatMap(\.references)
        }
        for set in table.sets { references[.set(set.name)] = set.elements.references }
        self.references = references
    }

    /// Whether some of these name each other in a circle, or one names itself.
    func hasCircle(_ names: Set<ObjectName>) -> Bool {
        var open: Set<ObjectName> = []
        var closed: Set<ObjectName> = []
        func leadsBack(_ name: ObjectName) -> Bool {
            guard names.contains(name), !closed.contains(name) else { return false }
            guard open.insert(name).inserted else { return true }
            if (references[name] ?? []).contains(where: leadsBack) { return true }
            closed.insert(name)
            return false
        }
        return names.contains(where: leadsBack)
    }

    /// Those that name before those that are named.
    func order(_ names: Set<ObjectName>) -> [ObjectName] {
        var ordered: [ObjectName] = []
        var seen: Set<ObjectName> = []
        func visit(_ name: ObjectName) {
            guard names.contains(name), seen.insert(name).inserted else { return }
            for referenced in (references[name] ?? []).sorted() { visit(referenced) }
            ordered.append(name)
        }
        for name in names.sorted() { visit(name) }
        return ordered.reversed()
    }
}
