// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyModel

/// What was proved about one family, so that it can be told of single addresses that change
/// whether it still holds.
///
/// A proof is about classes of addresses. An address that changes its traits, and then belongs to
/// a class of which all is proved, changes nothing.
struct FamilyProof<Bits: AddressBits>: Sendable {
    private var classes: AddressClasses<Bits>
    /// The traits of the plain sets of addresses that rules look into, by name.
    private let sets: [String: Int]
    private let profiles: [PeerProfile: Int]
    private let sight: PeerProfile.Sight
    private let contested: Set<Bits>
    private let localNode: String

    init(
        _ classes: AddressClasses<Bits>, _ rules: TableReading<Bits>,
        _ policies: PolicyReading<Bits>, localNode: String
    ) {
        self.classes = classes
        self.localNode = localNode
        sets = rules.plainSets
        sight = policies.sight
        contested = policies.contested
        profiles = Dictionary(
            policies.peers.values.joined().map { ($0.profile, $0.trait) }
        ) { first, _ in first }
    }

    /// Whether everything that was proved holds after these changes too; otherwise the proof can no
    /// longer be used.
    mutating func holds(
        after endpoints: [EndpointChange], _ elements: [TableChange.ElementChange]
    ) -> Bool {
        var changes = TraitChanges()
        for change in endpoints {
            for endpoint in [change.old, change.new].compactMap(\.self)
            where endpoint.node == localNode { return false }
            guard note(change.old, \.removed, &changes), note(change.new, \.added, &changes)
            else { return false }
        }
        for change in elements {
            if change.set.key == [Bits.other.fieldType] { continue }
            guard let trait = sets[change.set.name], let deleted = change.deleted.points(Bits.self),
                let added = change.added.points(Bits.self)
            else { return false }
            for address in deleted { changes[address].removed.append(trait) }
            for address in added { changes[address].added.append(trait) }
        }
        for (address, change) in changes.byAddress {
            let removed = Set(change.removed)
            let added = Set(change.added)
            guard removed.count == change.removed.count, added.count == change.added.count,
                !contested.contains(address),
                classes.change(
                    address, adding: added.subtracting(removed),
                    removing: removed.subtracting(added))
            else { return false }
        }
        return true
    }

    /// What each address gains and loses.
    private struct TraitChanges {
        var byAddress: [Bits: Change] = [:]

        struct Change {
            var removed: [Int] = []
            var added: [Int] = []
        }

        subscript(address: Bits) -> Change {
            get { byAddress[address] ?? Change() }
            set { byAddress[address] = newValue }
        }
    }

    /// - Returns: false for an endpoint such as there was none before.
    private func note(
        _ endpoint: Endpoint?, _ list: WritableKeyPath<TraitChanges.Change, [Int]>,
        _ changes: inout TraitChanges
    ) -> Bool {
        guard let endpoint, endpoint.isPoliced else { return true }
        let addresses: [Bits] = endpoint.addresses.compactMap { $0.bits() }
        if addresses.isEmpty { return true }
        guard let trait = profiles[sight.profile(of: endpoint)] else { return false }
        for address in addresses { changes[address][keyPath: list].append(trait) }
        return true
    }
}

extension AddressBits {
    /// The other family.
    fileprivate static var other: AddressFamily { family == .ipv4 ? .ipv6 : .ipv4 }
}

extension AddressFamily {
    fileprivate var fieldType: FieldType { self == .ipv4 ? .ipv4Address : .ipv6Address }
}

extension SetElements {
    /// The addresses, if they are single ones of this family.
    fileprivate func points<Bits: AddressBits>(_ type: Bits.Type) -> [Bits]? {
        switch self {
        case .ipv4(let points): points as? [Bits]
        case .ipv6(let points): points as? [Bits]
        case .entries(let entries) where entries.isEmpty: []
        case .ipv4Intervals, .ipv6Intervals, .entries: nil
        }
    }
}

extension TableReading {
    /// The traits of sets that hold single addresses and nothing else, by name.
    var plainSets: [String: Int] {
        addressSets.compactMapValues { groups in
            groups.count == 1 && groups[0].verdict == nil ? groups[0].trait : nil
        }
    }
}
