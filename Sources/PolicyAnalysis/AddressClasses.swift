// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Addresses in classes that no rule's peers and no port name tell apart, whichever endpoint owns
/// them.
struct AddressClasses {
    /// How many classes there are.
    private(set) var count = 0
    private let groups: SelectorGroups
    private let networks: [AddressSet]
    private var numbers: [Key: Int] = [:]
    private var keys: [Key] = []
    private var members: [Peers: BitSet] = [:]
    private var holders: [NamedPort: BitSet] = [:]

    private struct Key: Hashable {
        /// Of the owner; nil outside.
        var group: Int?
        var networks: BitSet
        var ports: [NamedPort]
    }

    init(_ groups: SelectorGroups, policies: [Policy]) {
        self.groups = groups
        networks = Array(Set(policies.flatMap(\.allRules).compactMap(\.peers.networks)))
    }

    /// The class of an address.
    ///
    /// - Parameters:
    ///   - group: Its owner's; nil outside.
    ///   - ports: Those of its owner that policies name, sorted.
    mutating func classify(_ address: IPAddress, group: Int?, ports: [NamedPort]) -> Int {
        var holding = BitSet(count: networks.count)
        for (number, network) in networks.enumerated() where network.contains(address) {
            holding.insert(number)
        }
        let key = Key(group: group, networks: holding, ports: ports)
        if let number = numbers[key] { return number }
        numbers[key] = count
        keys.append(key)
        count += 1
        return count - 1
    }

    /// The classes that the peers of a rule stand for. All addresses must have been classified.
    mutating func members(of peers: Peers) -> BitSet {
        guard case .only(let list) = peers else { return BitSet(allBelow: count) }
        if let known = members[peers] { return known }
        var selected = BitSet(count: groups.count)
        for case .endpoints(let selector) in list {
            selected.formUnion(groups.groups(of: selector))
        }
        let network = peers.networks.flatMap { networks.firstIndex(of: $0) }
        var classes = BitSet(count: count)
        for (number, key) in keys.enumerated() {
            let isSelected = key.group.map(selected.contains) ?? false
            if isSelected || network.map(key.networks.contains) ?? false {
                classes.insert(number)
            }
        }
        members[peers] = classes
        return classes
    }

    /// The classes of the addresses whose owner defines a named port just so.
    mutating func holders(of port: NamedPort) -> BitSet {
        if let known = holders[port] { return known }
        var classes = BitSet(count: count)
        for (number, key) in keys.enumerated() where key.ports.contains(port) {
            classes.insert(number)
        }
        holders[port] = classes
        return classes
    }

    /// Every number that some owner gives a port name.
    func numbers(of name: String, _ transport: IPProtocol) -> Set<UInt16> {
        var found: Set<UInt16> = []
        for key in keys {
            for port in key.ports where port.name == name && port.transport == transport {
                found.insert(port.number)
            }
        }
        return found
    }
}
