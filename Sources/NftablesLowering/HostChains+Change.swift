// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// What leads from a node's former chains and maps to the present ones, where workloads come and go.
extension HostChains {
    /// What has changed since the former ones.
    ///
    /// - Returns: nil if rules have, of chains that stay.
    /// - Complexity: O(*n*) in the workloads.
    func change(from former: HostChains) -> TableChange? {
        guard isForm(of: former) else { return nil }
        var change = TableChange()
        let old = Dictionary(uniqueKeysWithValues: former.guardNames.map { ($1, $0) })
        let new = Dictionary(uniqueKeysWithValues: guardNames.map { ($1, $0) })
        for (name, interface) in new {
            guard let formerInterface = old[name] else {
                change.newChains.append(guardChain(interface))
                continue
            }
            // Two hash alike, and the name has passed from one to the other.
            guard interface == formerInterface,
                guardSources[interface] == former.guardSources[interface]
            else { return nil }
        }
        for (name, interface) in old where new[name] == nil {
            change.goneChains.append(former.guardChain(interface))
        }
        change.newChains.sort { $0.name < $1.name }
        change.goneChains.sort { $0.name < $1.name }
        change.replace(
            in: Self.guardMap, Self.guardEntries(former.guardNames), Self.guardEntries(guardNames))
        change.replace(
            in: Self.egressMap, Self.guardEntries(former.egress), Self.guardEntries(egress))
        if knowsPlaces {
            change.replace(
                in: Self.workloadInterfaces, Self.interfaceEntries(former.guardSources.keys),
                Self.interfaceEntries(guardSources.keys))
            change.replace(former.placedAddresses, placedAddresses) {
                Self.placedWorkloads($0, EndpointAddresses())
            }
        }
        change.replace(former.program.workloads, program.workloads) {
            Self.workloads($0, EndpointAddresses())
        }
        return change
    }

    /// Whether only elements differ, and guards' chains.
    private func isForm(of other: HostChains) -> Bool {
        var own = program
        own.workloads = other.program.workloads
        own.guards = other.program.guards
        return own == other.program && entries == other.entries
            && program.guards.isEmpty == other.program.guards.isEmpty
            && egress.isEmpty == other.egress.isEmpty
    }
}

extension TableChange {
    /// Elements of a set take the place of others.
    fileprivate mutating func replace(
        in set: NamedSet, _ former: [SetEntry], _ present: [SetEntry]
    ) {
        let gone = Set(former).subtracting(present)
        let new = Set(present).subtracting(former)
        if gone.isEmpty, new.isEmpty { return }
        elements.append(
            .init(
                set: set, deleted: .entries(gone.sorted(by: SetEntry.ascends)),
                added: .entries(new.sorted(by: SetEntry.ascends))))
    }

    /// Addresses of the sets of both families take the place of others.
    fileprivate mutating func replace(
        _ former: EndpointAddresses, _ present: EndpointAddresses,
        in set: (AddressFamily) -> NamedSet
    ) {
        let change = present.change(from: former)
        for family in AddressFamily.allCases {
            let added = change.added.elements(family)
            let deleted = change.removed.elements(family)
            if added.count == 0, deleted.count == 0 { continue }
            elements.append(.init(set: set(family), deleted: deleted, added: added))
        }
    }
}
