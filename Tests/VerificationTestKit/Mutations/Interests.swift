// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyTestKit

/// Values at which rules may change their mind, collected from a part of a table.
struct Interests {
    private(set) var addresses: [AddressFamily: [IPAddress]] = [.ipv4: [], .ipv6: []]
    private(set) var ports: [UInt16] = []
    private(set) var transports: [IPProtocol] = []
    private(set) var icmpTypes: [UInt8] = []

    /// Of a large set, so many elements are taken.
    private static let mostElements = 24

    /// Takes what the rules of some chains compare with and look up.
    ///
    /// - Parameter tables: where the sets are; of two with the same name both are taken.
    init(_ chains: [Chain], in tables: Table..., using random: inout SeededGenerator) {
        var names: Set<String> = []
        for expression in chains.flatMap(\.rules).flatMap(\.expressions) {
            switch expression {
            case .compare(_, _, let bytes): add(constant: bytes, mask: nil)
            case .bitwise(_, let mask, _): add(mask: mask)
            case .lookup(let set, _, _): names.insert(set)
            case .verdictLookup(let map, _): names.insert(map)
            default: continue
            }
        }
        let sets = tables.flatMap(\.sets).filter { names.contains($0.name) }
        for set in sets.withoutRepetition { add(set, using: &random) }
    }

    /// Takes a set's elements, or some of them.
    mutating func add(_ set: NamedSet, using random: inout SeededGenerator) {
        for entry in random.some(Self.mostElements, of: set.entries) { add(entry, of: set) }
    }

    /// Takes an element's ends and their neighbours.
    mutating func add(_ entry: SetEntry, of set: NamedSet) {
        for (type, (low, high)) in zip(
            set.key, zip(set.fields(of: entry.key), set.fields(of: entry.keyEnd ?? entry.key)))
        {
            switch type {
            case .ipv4Address, .ipv6Address:
                add(IPAddress(networkBytes: low), IPAddress(networkBytes: high))
            case .inetService: add(UInt16(networkBytes: low), UInt16(networkBytes: high))
            case .inetProtocol: transports.append(IPProtocol(rawValue: low[0]))
            case .interfaceName: break
            case .icmpv6Type: icmpTypes += [low[0] &- 1, low[0], low[0] &+ 1]
            }
        }
    }

    /// Takes a constant for whatever it may be: an address, the beginning of one, two of them, a port,
    /// a protocol, a type.
    private mutating func add(constant bytes: [UInt8], mask: [UInt8]?) {
        switch bytes.count {
        case 1:
            transports.append(IPProtocol(rawValue: bytes[0]))
            icmpTypes.append(bytes[0])
        case 2:
            add(UInt16(networkBytes: bytes), UInt16(networkBytes: bytes))
        case 8:
            addPrefix(Array(bytes[..<4]))
            addPrefix(Array(bytes[4...]))
        default: break
        }
        if bytes.count <= 16 { addPrefix(bytes) }
    }

    /// A mask's own length is where the block that it is compared with ends.
    private mutating func add(mask: [UInt8]) { masks.insert(mask) }
    private var masks: Set<[UInt8]> = []

    private mutating func addPrefix(_ bytes: [UInt8]) {
        for width in [4, 16] where bytes.count <= width {
            let rest = width - bytes.count
            let low = bytes + [UInt8](repeating: 0, count: rest)
            let high = bytes + [UInt8](repeating: 255, count: rest)
            add(IPAddress(networkBytes: low), IPAddress(networkBytes: high))
            for mask in masks where mask.count == bytes.count && rest == 0 {
                add(
                    IPAddress(networkBytes: low),
                    IPAddress(networkBytes: zip(low, mask).map { $0 | ~$1 }))
            }
        }
    }

    private mutating func add(_ low: IPAddress?, _ high: IPAddress?) {
        guard let low, let high else { return }
        addresses[low.family]! += [low, high, low.advanced(by: -1), high.advanced(by: 1)]
    }

    private mutating func add(_ low: UInt16?, _ high: UInt16?) {
        guard let low, let high else { return }
        ports += [low &- 1, low, high, high &+ 1]
    }
}

extension Array where Element: Hashable {
    /// Each element once, where it comes first.
    var withoutRepetition: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
