// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

extension Table {
    /// The table after a change; nil if the change does not fit it.
    public func applying(_ change: TableChange) -> Table? {
        var sets = Dictionary(uniqueKeysWithValues: self.sets.map { ($0.name, $0) })
        var chains = Dictionary(uniqueKeysWithValues: self.chains.map { ($0.name, $0) })
        for chain in change.goneChains {
            guard chains.removeValue(forKey: chain.name) == chain else { return nil }
        }
        for set in change.goneSets {
            guard var old = sets.removeValue(forKey: set.name) else { return nil }
            old.capacity = set.capacity
            guard old == set else { return nil }
        }
        for chain in change.newChains {
            guard chains.updateValue(chain, forKey: chain.name) == nil else { return nil }
        }
        for element in change.elements {
            guard let old = sets[element.set.name],
                let rest = old.elements.removing(element.deleted),
                let new = rest.adding(element.added)
            else { return nil }
            sets[old.name]!.elements = new
        }
        for set in change.newSets {
            guard sets.updateValue(set, forKey: set.name) == nil else { return nil }
        }
        var copy = self
        copy.chains = Array(chains.values)
        copy.sets = Array(sets.values)
        return copy.sorted
    }

    /// The table without the capacities of its sets, which depend on its history.
    public var withoutCapacities: Table {
        var copy = self
        for position in copy.sets.indices { copy.sets[position].capacity = nil }
        return copy
    }

    /// Whether every set has room for its elements.
    public var hasRoom: Bool { sets.allSatisfy { $0.elements.count <= $0.capacity ?? .max } }
}
