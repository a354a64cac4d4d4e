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
        var entries: [SetEntry] = []
        for endpoint in program.endpoints {
            let position = direction == .ingress ? endpoint.ingress : endpoint.egress
            guard let chain = position.map({ classes.names[$0] }) else { continue }
            for address in endpoint.addresses.bytes(of: family) {
                entries.append(
                    SetEntry(
                        key: address, verdict: direction == .ingress ? .goto(chain) : .jump(chain),
                        comment: Comment.fitting(endpoint.id.description)))
            }
        }
        return NamedSet(
            name: FixedName.map(direction, family), key: [family.fieldType], isVerdictMap: true,
            comment: direction == .ingress ? "packets to a pod" : "packets from a pod",
            elements: .entries(entries.sorted(by: SetEntry.ascends)))
    }

    private func ownAddresses(_ family: AddressFamily, _ program: NodeProgram) -> NamedSet {
        let addresses = program.endpoints.flatMap { $0.addresses.bytes(of: family) }
        return NamedSet(
            name: FixedName.ownAddress(family), key: [family.fieldType, family.fieldType],
            elements: .entries(
                addresses.map { SetEntry(key: $0 + $0) }.sorted(by: SetEntry.ascends)))
    }
}

extension EndpointAddresses {
    fileprivate func bytes(of family: AddressFamily) -> [[UInt8]] {
        family == .ipv4 ? ipv4.map(\.networkBytes) : ipv6.map(\.networkBytes)
    }
}

extension AddressFamily {
    fileprivate var fieldType: FieldType { self == .ipv4 ? .ipv4Address : .ipv6Address }
}
