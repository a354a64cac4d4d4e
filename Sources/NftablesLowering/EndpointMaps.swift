// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// The maps from a local endpoint's address to the chain of its class, and the pairs of each
/// endpoint's address with itself.
struct EndpointMaps {
    private(set) var sets: [NamedSet] = []

    init(_ program: NodeProgram, classes: ClassChains) {
        for family in AddressFamily.allCases {
            for direction in Direction.allCases {
                sets.append(map(direction, family, program, classes))
            }
            sets.append(ownAddresses(family, program))
        }
    }

    private func map(
        _ direction: Direction, _ family: AddressFamily, _ program: NodeProgram,
        _ classes: ClassChains
    ) -> NamedSet {
        let entries = program.endpoints.flatMap { endpoint -> [SetEntry] in
            let position = direction == .ingress ? endpoint.ingress : endpoint.egress
            guard let chain = position.map({ classes.names[$0] }) else { return [] }
            return Self.entries(endpoint.id, endpoint.addresses, direction, family, to: chain)
        }
        return Self.emptyMap(direction, family).holding(entries)
    }

    private func ownAddresses(_ family: AddressFamily, _ program: NodeProgram) -> NamedSet {
        Self.emptyOwnAddresses(family).holding(
            program.endpoints.flatMap { Self.ownEntries($0.addresses, family) })
    }

    // MARK: Parts

    /// The map of one direction and family, without elements.
    static func emptyMap(_ direction: Direction, _ family: AddressFamily) -> NamedSet {
        NamedSet(
            name: FixedName.map(direction, family), key: [family.fieldType], isVerdictMap: true,
            comment: direction == .ingress ? "packets to a pod" : "packets from a pod",
            elements: .entries([]))
    }

    /// The set of pairs of one family, without elements.
    static func emptyOwnAddresses(_ family: AddressFamily) -> NamedSet {
        NamedSet(
            name: FixedName.ownAddress(family), key: [family.fieldType, family.fieldType],
            elements: .entries([]))
    }

    /// What leads from an endpoint's addresses to the chain of its class.
    static func entries(
        _ id: EndpointID, _ addresses: EndpointAddresses, _ direction: Direction,
        _ family: AddressFamily, to chain: String
    ) -> [SetEntry] {
        addresses.bytes(of: family).map { address in
            SetEntry(
                key: address, verdict: direction == .ingress ? .goto(chain) : .jump(chain),
                comment: Comment.fitting(id.description))
        }
    }

    /// An endpoint's addresses paired with themselves.
    static func ownEntries(
        _ addresses: EndpointAddresses, _ family: AddressFamily
    ) -> [SetEntry] {
        addresses.bytes(of: family).map { SetEntry(key: $0 + $0) }
    }
}

extension NamedSet {
    /// The same set with these elements.
    func holding(_ entries: [SetEntry]) -> NamedSet {
        var copy = self
        copy.elements = .entries(entries.sorted(by: SetEntry.ascends))
        return copy
    }
}

extension EndpointAddresses {
    fileprivate func bytes(of family: AddressFamily) -> [[UInt8]] {
        family == .ipv4 ? ipv4.map { $0.networkBytes } : ipv6.map { $0.networkBytes }
    }
}

extension AddressFamily {
    fileprivate var fieldType: FieldType { self == .ipv4 ? .ipv4Address : .ipv6Address }
}
