// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel
import PolicyTestKit

/// How often histories come to what the incremental way treats in a way of its own.
struct BranchCount: CustomStringConvertible {
    enum Branch: String, CaseIterable {
        case podComes, podGoes, podChanges, podMovesNode, podIsCreatedAnew, podFinishes
        case podRenumbersPort
        case policyComes, policyGoes, policyChanges, namespaceComes, namespaceGoes
        case namespaceChanges, tierComes, tierGoes, tierChanges
        case contestedAddress, tierIsMissing, namespaceIsMissing
        case classRedefined, classGone, setShared, setOfSeveralPeersChanges, setGone
        case setOutgrown, setLeavesOneFamily, newsOfLeftover, membersAndNewSetTogether
    }

    private var counts: [Branch: Int] = [:]
    private var leftovers: Set<String> = []

    subscript(branch: Branch) -> Int { counts[branch] ?? 0 }

    private mutating func count(_ branch: Branch, if holds: Bool = true) {
        if holds { counts[branch, default: 0] += 1 }
    }

    mutating func add(_ changes: [ClusterChange], to before: ClusterState) {
        var state = before
        for change in changes {
            switch change {
            case .endpoint(let id, let new):
                let old = state.endpoints.first { $0.id == id }
                add(old, new, .podComes, .podGoes, .podChanges)
                if let old, let new {
                    count(.podMovesNode, if: old.node != new.node)
                    count(.podIsCreatedAnew, if: old.created != new.created)
                    count(.podFinishes, if: new.isFinished && !old.isFinished)
                    count(
                        .podRenumbersPort,
                        if: old.namedPorts != new.namedPorts
                            && old.namedPorts.map(\.name) == new.namedPorts.map(\.name))
                }
            case .policy(let id, let new):
                let old = state.policies.first { $0.id == id }
                add(old, new, .policyComes, .policyGoes, .policyChanges)
            case .namespace(let name, let new):
                let old = state.namespaces.first { $0.name == name }
                add(old, new, .namespaceComes, .namespaceGoes, .namespaceChanges)
            case .tier(let name, let new):
                let old = state.tiers.first { $0.name == name }
                add(old, new, .tierComes, .tierGoes, .tierChanges)
            case .node, .stagedPolicy, .profile, .serviceAccount, .networkSet, .serviceSlice,
                .configuration:
                break
            }
            state.apply(change)
        }
    }

    private mutating func add<Value: Equatable>(
        _ old: Value?, _ new: Value?, _ comes: Branch, _ goes: Branch, _ changes: Branch
    ) {
        count(comes, if: old == nil && new != nil)
        count(goes, if: old != nil && new == nil)
        count(changes, if: old != nil && new != nil && old != new)
    }

    mutating func add(contestsIn state: ClusterState) {
        let addresses = state.endpoints.filter(\.isPoliced).flatMap(\.addresses)
        count(.contestedAddress, if: Set(addresses).count < addresses.count)
        let tiers = Set(state.tiers.map(\.name))
        count(.tierIsMissing, if: state.policies.contains { !tiers.contains($0.tier) })
        let namespaces = Set(state.namespaces.map(\.name))
        count(
            .namespaceIsMissing,
            if: state.endpoints.contains { !namespaces.contains($0.id.namespace) })
    }

    mutating func add(_ change: ProgramChange, to known: KnownProgram) {
        for (number, program) in change.programs {
            count(.classGone, if: program == nil)
            count(.classRedefined, if: program != nil && known.programs[number] != nil)
        }
        for number in change.members.keys {
            count(
                .setOfSeveralPeersChanges,
                if: known.formulas[number].map { $0.endpoints.count > 1 } ?? false)
        }
        count(.membersAndNewSetTogether, if: !change.members.isEmpty && !change.newSets.isEmpty)
        for _ in change.goneSets { count(.setGone) }
    }

    mutating func add(_ known: KnownProgram) {
        let uses = known.programs.values.flatMap(\.sets)
        count(.setShared, if: Set(uses).count < uses.count)
    }

    mutating func add(_ change: TableChange, _ program: ProgramChange) {
        for _ in change.outgrown { count(.setOutgrown) }
        let new = Set(change.newSets.map(\.name) + change.newChains.map(\.name))
        count(.newsOfLeftover, if: !new.isDisjoint(with: leftovers))
        leftovers.subtract(new)
        leftovers.formUnion(change.goneSets.map(\.name) + change.goneChains.map(\.name))
        let goneFormulas = program.goneSets.count
        let gonePodSets = Set(
            change.goneSets.filter { $0.name.hasPrefix("pods") }.map { $0.name.dropFirst(6) })
        count(.setLeavesOneFamily, if: gonePodSets.count > goneFormulas)
    }

    var description: String {
        Branch.allCases.map { "\($0.rawValue): \(self[$0])" }.joined(separator: "\n")
    }
}
