// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

/// What the kernel does to a set's elements, element by element.
extension SetElements {
    var emptied: SetElements {
        switch self {
        case .ipv4: .ipv4([])
        case .ipv6: .ipv6([])
        case .ipv4Intervals: .ipv4Intervals(.empty)
        case .ipv6Intervals: .ipv6Intervals(.empty)
        case .entries: .entries([])
        }
    }

    /// The chains that the elements lead to.
    var named: [NamedObject] {
        guard case .entries(let entries) = self else { return [] }
        return entries.compactMap { entry in
            switch entry.verdict {
            case .jump(let chain), .goto(let chain): .chain(chain)
            default: nil
            }
        }
    }

    /// Both together; nil if an element is there already, overlaps, or is of another kind.
    func adding(_ other: SetElements) -> SetElements? {
        switch (self, other) {
        case (.ipv4(let old), .ipv4(let new)):
            Set(old).isDisjoint(with: new) ? .ipv4((old + new).sorted()) : nil
        case (.ipv6(let old), .ipv6(let new)):
            Set(old).isDisjoint(with: new) ? .ipv6((old + new).sorted()) : nil
        case (.ipv4Intervals(let old), .ipv4Intervals(let new)):
            old.intersection(new).isEmpty ? .ipv4Intervals(old.union(new)) : nil
        case (.ipv6Intervals(let old), .ipv6Intervals(let new)):
            old.intersection(new).isEmpty ? .ipv6Intervals(old.union(new)) : nil
        case (.entries(let old), .entries(let new)):
            Set(old.map(\.key)).isDisjoint(with: new.map(\.key))
                ? .entries((old + new).sorted(by: SetEntry.ascends)) : nil
        default: nil
        }
    }

    /// What is left; nil if an element is not there.
    func removing(_ other: SetElements) -> SetElements? {
        switch (self, other) {
        case (.ipv4(let old), .ipv4(let gone)):
            Set(gone).isSubset(of: old)
                ? .ipv4(Set(old).subtracting(gone).sorted()) : nil
        case (.ipv6(let old), .ipv6(let gone)):
            Set(gone).isSubset(of: old)
                ? .ipv6(Set(old).subtracting(gone).sorted()) : nil
        case (.ipv4Intervals(let old), .ipv4Intervals(let gone)):
            Set(gone.intervals).isSubset(of: old.intervals)
                ? .ipv4Intervals(old.subtracting(gone)) : nil
        case (.ipv6Intervals(let old), .ipv6Intervals(let gone)):
            Set(gone.intervals).isSubset(of: old.intervals)
                ? .ipv6Intervals(old.subtracting(gone)) : nil
        case (.entries(let old), .entries(let gone)):
            Set(gone).isSubset(of: old)
                ? .entries(old.filter { !Set(gone).contains($0) }) : nil
        default: nil
        }
    }
}
