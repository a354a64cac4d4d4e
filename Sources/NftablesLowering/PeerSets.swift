// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// The named sets that stand for match sets: addresses of pods, nodes and Services in plain hash
/// sets, blocks in interval sets beside them (S72), one of each for each family.
struct PeerSets {
    /// The sets that some rule looks into, by name.
    private(set) var needed: [String: Needed] = [:]
    private let suffixes: [MatchSet: String]
    private let members: [MatchSet: EndpointAddresses]
    private let blocks: [MatchSet: AddressSet]

    /// A set with what it stands for.
    struct Needed {
        var set: NamedSet
        /// The formula whose members in one family are its elements.
        var formula: MatchSet
        var family: AddressFamily
        var content: Content

        /// Whether the elements come and go without the formula's becoming another.
        var isChanging: Bool { content == .addresses || formula.mayHoldBlocks }
    }

    /// Which of a formula's members a set has.
    enum Content {
        /// The addresses of its endpoints, nodes and Services.
        case addresses
        /// Its blocks, and those of network sets.
        case blocks
    }

    init(_ program: NodeProgram, names: inout Names) {
        members = program.members
        blocks = program.blocks
        var sets: Set<MatchSet> = []
        for program in program.programs { sets.formUnion(program.sets) }
        sets.remove(.everyone)
        let named = Array(sets)
        let allocated = names.allocate(
            named.map { .init(description: $0.parts.joined(separator: "\n")) }, prefix: "")
        suffixes = Dictionary(uniqueKeysWithValues: zip(named, allocated))
    }

    /// What identifies a set in the names of those that use it.
    func identity(of set: MatchSet) -> String { suffixes[set] ?? "everyone" }

    /// The tests by which an address of a family is looked up in a set, one after the other.
    mutating func tests(for set: MatchSet, _ family: AddressFamily) -> PeerTest {
        if set.isEveryone || set.networks.isFull(in: family) { return .always }
        var names: [String] = []
        if !set.endpoints.isEmpty {
            let name = "pods\(family.rawValue)-\(suffixes[set]!)"
            if needed[name] == nil {
                needed[name] = Needed(
                    set: podSet(name, for: set, family), formula: set, family: family,
                    content: .addresses)
            }
            names.append(name)
        }
        if set.mayHoldBlocks || !set.networks.isEmpty(in: family) {
            let name = "nets\(family.rawValue)-\(suffixes[set]!)"
            if needed[name] == nil {
                needed[name] = Needed(
                    set: blockSet(name, for: set, family), formula: set, family: family,
                    content: .blocks)
            }
            names.append(name)
        }
        return .inSets(names)
    }

    private func podSet(_ name: String, for set: MatchSet, _ family: AddressFamily) -> NamedSet {
        let addresses = members[set] ?? EndpointAddresses()
        let elements =
            family == .ipv4 ? SetElements.ipv4(addresses.ipv4) : .ipv6(addresses.ipv6)
        return NamedSet(
            name: name,
            key: [family == .ipv4 ? .ipv4Address : .ipv6Address],
            capacity: Self.capacity(for: elements.count),
            comment: Comment.listing("", set.endpoints.map(\.description).sorted()),
            elements: elements)
    }

    /// A power of two with room for as many elements again, so that a set is made anew only once
    /// it has doubled.
    static func capacity(for count: Int) -> UInt32 {
        var capacity: UInt32 = 64
        while capacity < 2 * count { capacity *= 2 }
        return capacity
    }

    private func blockSet(_ name: String, for set: MatchSet, _ family: AddressFamily) -> NamedSet {
        NamedSet(
            name: name,
            key: [family == .ipv4 ? .ipv4Address : .ipv6Address], isInterval: true,
            comment: set.mayHoldBlocks
                ? Comment.listing("", set.endpoints.map(\.description).sorted()) : nil,
            elements: (blocks[set] ?? set.networks).elements(family))
    }
}

/// How the peer's address is asked for, within one family.
enum PeerTest: Hashable {
    /// Every address is a member.
    case always
    /// A member is in one of these sets; none: nobody is.
    case inSets([String])
}

extension AddressSet {
    func elements(_ family: AddressFamily) -> SetElements {
        family == .ipv4 ? .ipv4Intervals(ipv4) : .ipv6Intervals(ipv6)
    }

    func isFull(in family: AddressFamily) -> Bool { family == .ipv4 ? ipv4.isFull : ipv6.isFull }
    func isEmpty(in family: AddressFamily) -> Bool {
        family == .ipv4 ? ipv4.isEmpty : ipv6.isEmpty
    }
}
