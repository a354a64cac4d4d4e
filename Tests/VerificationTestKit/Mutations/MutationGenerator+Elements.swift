// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyTestKit

/// Changes of sets and maps.
extension MutationGenerator {
    private var filledSets: [NamedSet] { table.sets.filter { $0.elements.count > 0 } }

    mutating func elementDropped() -> Mutation? {
        guard let set = any(filledSets), let entry = any(set.entries) else { return nil }
        return Mutation(.elementDropped, deletion(of: entry, from: set))
    }

    mutating func elementAdded() -> Mutation? {
        guard let set = any(table.sets) else { return nil }
        var key: [String] = []
        for type in set.key { key.append(value(type, isInterval: set.isInterval)) }
        if random.chance(3), !set.isInterval { key = ["*"] }
        let verdict = set.isVerdictMap ? " : \(verdict(like: set))" : ""
        return Mutation(
            .elementAdded,
            "add element \(place) \(set.name) { \(key.joined(separator: " . "))\(verdict) }")
    }

    mutating func elementRedirected() -> Mutation? {
        guard let map = any(filledSets.filter(\.isVerdictMap)), let entry = any(map.entries)
        else { return nil }
        let other = random.chance(50) ? verdict(like: map) : swapped(entry.verdict ?? .accept)
        return Mutation(
            .elementRedirected, deletion(of: entry, from: map),
            "add element \(place) \(map.name) { \(key(entry, of: map)) : \(other) }")
    }

    mutating func setFlushed() -> Mutation? {
        guard let set = any(filledSets) else { return nil }
        return Mutation(.setFlushed, "flush set \(place) \(set.name)")
    }

    /// An interval with one of its ends moved.
    mutating func intervalChanged(_ kind: MutationKind) -> Mutation? {
        guard let set = any(filledSets.filter(\.isInterval)), let entry = any(set.entries),
            let end = entry.keyEnd
        else { return nil }
        var low = entry.key
        var high = end
        var fields: [(position: Int, length: Int)] = []
        var position = 0
        for type in set.key {
            if type != .inetProtocol { fields.append((position, type.length)) }
            position += type.paddedLength
        }
        guard let field = any(fields) else { return nil }
        let range = field.position..<field.position + field.length
        let step = kind == .intervalWidened ? 1 : -1
        let bit = random.pick([0, 0, 1, 4, 8])
        if random.chance(50) {
            high.replaceSubrange(range, with: moved(Array(high[range]), by: step, bit: bit))
        } else {
            low.replaceSubrange(range, with: moved(Array(low[range]), by: -step, bit: bit))
        }
        guard !high.lexicographicallyPrecedes(low) else { return nil }
        var changed = entry
        changed.key = low
        changed.keyEnd = high
        let verdict = entry.verdict.map { " : \($0)" } ?? ""
        return Mutation(
            kind, deletion(of: entry, from: set),
            "add element \(place) \(set.name) { \(key(changed, of: set))\(verdict) }")
    }

    /// A number in network order, more or less by a power of two.
    private func moved(_ bytes: [UInt8], by step: Int, bit: Int) -> [UInt8] {
        let number = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        let moved = step > 0 ? number &+ (1 << UInt128(bit)) : number &- (1 << UInt128(bit))
        return Array(moved.networkBytes.suffix(bytes.count))
    }

    func deletion(of entry: SetEntry, from set: NamedSet) -> String {
        "delete element \(place) \(set.name) { \(key(entry, of: set)) }"
    }

    /// The element's key as nft writes it.
    func key(_ entry: SetEntry, of set: NamedSet) -> String {
        var bare = set
        bare.isVerdictMap = false
        let plain = SetEntry(key: entry.key, keyEnd: entry.keyEnd)
        return bare.elementTexts(.entries([plain]))[0]
    }

    private mutating func value(_ type: FieldType, isInterval: Bool) -> String {
        switch type {
        case .ipv4Address: isInterval ? block(.ipv4) : "\(address(.ipv4))"
        case .ipv6Address: isInterval ? block(.ipv6) : "\(address(.ipv6))"
        case .inetProtocol: random.pick(["tcp", "tcp", "udp", "sctp", "icmp", "esp"])
        case .inetService:
            isInterval && random.chance(70)
                ? "\(port())-\(min(65_535, UInt32(port()) + 200))" : "\(port())"
        case .interfaceName: "\"eth\(random.number(in: 0...3))\""
        case .icmpv6Type: "\(random.number(in: 0...255))"
        }
    }

    mutating func address(_ family: AddressFamily) -> IPAddress {
        random.pick(scene.addresses[family]!)
    }

    mutating func block(_ family: AddressFamily) -> String {
        let lengths =
            family == .ipv4
            ? [8, 8, 12, 16, 20, 24, 24, 30, 31, 32] : [8, 16, 32, 48, 64, 65, 100, 120, 128]
        return "\(CIDR(address(family), prefixLength: random.pick(lengths)))"
    }

    mutating func port() -> UInt16 { max(1, random.pick(scene.ports)) }

    /// The verdict of another of the map's elements, or a plain one.
    private mutating func verdict(like map: NamedSet) -> Verdict {
        let others = map.entries.compactMap(\.verdict)
        if random.chance(60), let other = any(others) { return other }
        return random.pick([.accept, .drop, .return])
    }

    mutating func swapped(_ verdict: Verdict) -> Verdict {
        switch verdict {
        case .accept: random.pick([.drop, .return])
        case .drop: random.pick([.accept, .return])
        case .return: random.pick([.accept, .drop])
        case .jump(let chain): random.pick([.accept, .drop, .return, .goto(chain)])
        case .goto(let chain): random.pick([.accept, .drop, .return, .jump(chain)])
        }
    }
}
