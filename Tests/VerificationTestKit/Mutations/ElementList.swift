// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel

extension NamedSet {
    /// The elements one by one, whatever form the set holds them in.
    var entries: [SetEntry] {
        switch elements {
        case .ipv4(let addresses): addresses.map { SetEntry(key: $0.networkBytes) }
        case .ipv6(let addresses): addresses.map { SetEntry(key: $0.networkBytes) }
        case .ipv4Intervals(let set): set.intervals.map(SetEntry.init(interval:))
        case .ipv6Intervals(let set): set.intervals.map(SetEntry.init(interval:))
        case .entries(let entries): entries
        }
    }

    /// The bytes of each field of a key, without padding; empty for a key of unknown fields.
    func fields(of key: [UInt8]) -> [[UInt8]] {
        var position = 0
        var result: [[UInt8]] = []
        for type in self.key {
            guard position + type.length <= key.count else { return [] }
            result.append(Array(key[position..<position + type.length]))
            position += type.paddedLength
        }
        return result
    }
}

extension SetEntry {
    fileprivate init<Bits: AddressBits>(interval: ClosedRange<Bits>) {
        self.init(key: interval.lowerBound.networkBytes, keyEnd: interval.upperBound.networkBytes)
    }
}
