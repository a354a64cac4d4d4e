// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel

/// What to make of what the interpreter does not know: expressions, and which of two elements that
/// overlap the kernel takes, which is the one that was added first.
enum UnknownAssumption: CaseIterable {
    /// Expressions hold, for every packet; the lower element is taken.
    case holds
    /// Expressions hold for no packet; the higher element is taken.
    case fails
}

extension Table {
    /// Whether there is anything that the interpreter does not know.
    var hasUnknown: Bool {
        chains.contains { $0.rules.contains(where: \.hasUnknown) }
            || sets.contains(where: \.isAmbiguous)
    }

    /// The table with unknown expressions resolved by an assumption.
    func assuming(_ assumption: UnknownAssumption) -> Table {
        var copy = self
        for index in copy.chains.indices {
            copy.chains[index].rules = copy.chains[index].rules.compactMap {
                $0.assuming(assumption)
            }
        }
        guard assumption == .fails else { return copy }
        for index in copy.sets.indices where copy.sets[index].isAmbiguous {
            guard case .entries(let entries) = copy.sets[index].elements else { continue }
            copy.sets[index].elements = .entries(entries.reversed())
        }
        return copy
    }
}

extension NamedSet {
    /// Whether elements overlap that have different verdicts.
    fileprivate var isAmbiguous: Bool {
        guard isInterval, isVerdictMap, key.count > 1, case .entries(let entries) = elements
        else { return false }
        return entries.indices.contains { first in
            entries[..<first].contains { second in
                second.verdict != entries[first].verdict && shareKey(second, entries[first])
            }
        }
    }

    private func shareKey(_ left: SetEntry, _ right: SetEntry) -> Bool {
        var start = 0
        return key.allSatisfy { field in
            let range = start..<start + field.length
            start += field.paddedLength
            func ends(_ entry: SetEntry) -> (low: ArraySlice<UInt8>, high: ArraySlice<UInt8>) {
                (entry.key[range], (entry.keyEnd ?? entry.key)[range])
            }
            let (left, right) = (ends(left), ends(right))
            return !left.high.lexicographicallyPrecedes(right.low)
                && !right.high.lexicographicallyPrecedes(left.low)
        }
    }
}

extension Rule {
    fileprivate var hasUnknown: Bool { !areKnown.allSatisfy { $0 } }

    /// For each expression whether the interpreter knows what it does to every packet.
    private var areKnown: [Bool] {
        var isIPv4: Bool?
        var loadsFamily = false
        return expressions.map { expression in
            switch expression {
            case .unknown(let name, _): return name == "reject"
            case .meta(let key, _):
                loadsFamily = key == .networkProtocol
                return true
            case .compare(_, .equal, let bytes):
                if loadsFamily { isIPv4 = bytes == [ProtocolNumber.ipv4] }
                return true
            case .payload(let base, let offset, let length, _):
                loadsFamily = false
                let end = offset + length
                switch base {
                case .network where isIPv4 == true: return offset >= 12 && end <= 20
                case .network where isIPv4 == false: return offset >= 8 && end <= 40
                case .transport: return end <= 4
                default: return false
                }
            default: return true
            }
        }
    }

    /// Nil for a rule that gives no verdict.
    fileprivate func assuming(_ assumption: UnknownAssumption) -> Rule? {
        if !hasUnknown { return self }
        if assumption == .fails { return nil }
        var known: [Expression] = []
        // What an unknown expression may have loaded says nothing until something else is loaded.
        var isTainted = false
        for (expression, isKnown) in zip(expressions, areKnown) {
            switch expression {
            case _ where !isKnown: isTainted = true
            case .meta, .conntrackState, .fibSourceType, .payload:
                isTainted = false
                known.append(expression)
            case .compare, .bitwise, .lookup:
                if !isTainted { known.append(expression) }
            default: known.append(expression)
            }
        }
        return Rule(known, comment: comment)
    }
}

private enum ProtocolNumber {
    /// `NFPROTO_IPV4`, as `meta nfproto` loads it.
    static let ipv4: UInt8 = 2
}
