// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// The wanted ruleset of a node, kept up to date change by change.
///
/// After any changes it is the table that lowering the whole program gives, but for the capacities
/// of sets, which a set keeps until it outgrows them.
public final class LiveTable {
    private let program: LiveProgram
    private let denyAction: EnforcementSettings.DenyAction
    private var chains = SharedObjects<Chain>()
    private var portMaps = SharedObjects<NamedSet>()
    private var peerSets = SharedObjects<PeerSet>()
    private var classes: [Int: ClassObjects] = [:]
    /// The names of the sets whose elements come and go, by the number of their formula.
    private var changingSets: [Int: [String]] = [:]
    private var subjects: [EndpointID: Placement] = [:]
    private var hosts: HostChains?

    /// Whether the latest change was one of host endpoints, which nothing but the whole table tells.
    public private(set) var areHostsRemade = false

    /// A set without the elements that come and go, but with their number.
    private struct PeerSet {
        var header: NamedSet
        var formula: MatchSet
        var family: AddressFamily
        var content: PeerSets.Content
        /// Nil for sets that never change, whose header has its elements.
        var number: Int?
        var count = 0
    }

    /// The names of what a class needs.
    private struct ClassObjects {
        var entry: String
        var chains: [String]
        var portMaps: [String]
        var peerSets: [String]
    }

    /// Which elements stand for an endpoint.
    private struct Placement: Equatable {
        var addresses: EndpointAddresses
        var ingress: String?
        var egress: String?
    }

    /// The ruleset of a node without governed endpoints.
    public init(
        _ program: LiveProgram, denyAction: EnforcementSettings.DenyAction = .drop
    ) {
        self.program = program
        self.denyAction = denyAction
    }

    /// Takes what has changed for the program, which has made the change already.
    ///
    /// - Throws: ``NameCollision``. The table is of no use then.
    public func apply(_ change: ProgramChange) throws(NameCollision) -> TableChange {
        var result = TableChange()
        var retired: [ClassObjects] = []
        var redefined: Set<Int> = []
        for (number, decisions) in change.programs {
            if let former = classes.removeValue(forKey: number) { retired.append(former) }
            guard let decisions else { continue }
            classes[number] = try acquire(
                ClassRuleset(decisions, denyAction: denyAction), &result)
            redefined.insert(number)
        }
        place(change, redefined, &result)
        placeHosts(
            isTouched: change.areHostsChanged || !change.subjects.isEmpty || !redefined.isEmpty,
            &result)
        // All that is new is needed by a class that is there now, and so does not go at once.
        for objects in retired { release(objects, change, &result) }
        fillNewSets(&result)
        let new = Set(result.newSets.lazy.map(\.name))
        for (number, members) in change.members {
            changeMembers(number, members, besides: new, &result)
        }
        for (number, blocks) in change.blocks {
            changeBlocks(number, blocks, besides: new, &result)
        }
        return result
    }

    // MARK: Classes

    private func acquire(
        _ ruleset: ClassRuleset, _ result: inout TableChange
    ) throws(NameCollision) -> ClassObjects {
        for chain in ruleset.chains {
            if try chains.acquire(chain, named: chain.name, isSame: { $0 == chain }) {
                result.newChains.append(chain)
            }
        }
        for map in ruleset.portMaps {
            if try portMaps.acquire(map, named: map.name, isSame: { $0 == map }) {
                result.newSets.append(map)
            }
        }
        for needed in ruleset.peerSets {
            let name = needed.set.name
            let set = PeerSet(
                header: needed.set, formula: needed.formula, family: needed.family,
                content: needed.content,
                number: needed.isChanging ? program.number(of: needed.formula) : nil)
            guard
                try peerSets.acquire(set, named: name, isSame: { $0.formula == set.formula })
            else { continue }
            if let number = set.number { changingSets[number, default: []].append(name) }
            result.newSets.append(set.header)
        }
        return ClassObjects(
            entry: ruleset.entry, chains: ruleset.chains.map(\.name),
            portMaps: ruleset.portMaps.map(\.name), peerSets: ruleset.peerSets.map(\.set.name))
    }

    private func release(
        _ objects: ClassObjects, _ change: ProgramChange, _ result: inout TableChange
    ) {
        for name in objects.chains {
            if let chain = chains.release(name) { result.goneChains.append(chain) }
        }
        for name in objects.portMaps {
            if let map = portMaps.release(name) { result.goneSets.append(map) }
        }
        for name in objects.peerSets {
            guard let set = peerSets.release(name) else { continue }
            var former = set.header
            if let number = set.number {
                changingSets[number]?.removeAll { $0 == name }
                if changingSets[number]?.isEmpty ?? false { changingSets[number] = nil }
                former.elements = formerElements(of: set, number, change)
            }
            result.goneSets.append(former)
        }
    }

    // MARK: Host endpoints

    /// - Parameter isTouched: whether other programs, or other endpoints, may be behind them.
    private func placeHosts(isTouched: Bool, _ result: inout TableChange) {
        areHostsRemade = false
        guard isTouched || (hosts == nil) != (program.hosts == nil) else { return }
        let former = hosts
        hosts = program.hosts.map { hosts in
            HostChains(
                hosts, entry: { entry($0) },
                egress: { program.subjects[$0]?.egress.map { entry($0) } })
        }
        guard let former, let hosts, let change = hosts.change(from: former) else {
            areHostsRemade = former != hosts
            return
        }
        result.newChains += change.newChains
        result.goneChains += change.goneChains
        result.elements += change.elements
    }

    /// The elements that a set had before a change with which it goes.
    private func formerElements(
        of set: PeerSet, _ number: Int, _ change: ProgramChange
    ) -> SetElements {
        switch set.content {
        case .addresses:
            // A formula that stays in use may be so in the other family alone.
            let members =
                change.goneSets[number]
                ?? program.members(of: number).undoing(change.members[number])
            return members.elements(set.family)
        case .blocks:
            let blocks =
                change.goneBlocks[number] ?? change.blocks[number]?.former
                ?? program.blocks(of: number)
            return blocks.elements(set.family)
        }
    }

    // MARK: Members

    private func presentElements(of set: PeerSet, _ number: Int) -> SetElements {
        switch set.content {
        case .addresses: program.members(of: number).elements(set.family)
        case .blocks: program.blocks(of: number).elements(set.family)
        }
    }

    private func fillNewSets(_ result: inout TableChange) {
        for position in result.newSets.indices {
            let name = result.newSets[position].name
            guard var set = peerSets[name], let number = set.number else { continue }
            let elements = presentElements(of: set, number)
            set.count = elements.count
            if set.content == .addresses {
                set.header.capacity = PeerSets.capacity(for: set.count)
            }
            peerSets[name] = set
            result.newSets[position] = set.header
            result.newSets[position].elements = elements
        }
    }

    private func changeMembers(
        _ number: Int, _ members: AddressChange, besides new: Set<String>,
        _ result: inout TableChange
    ) {
        for name in changingSets[number] ?? [] where !new.contains(name) {
            guard var set = peerSets[name], set.content == .addresses else { continue }
            let added = members.added.elements(set.family)
            let deleted = members.removed.elements(set.family)
            if added.count == 0, deleted.count == 0 { continue }
            set.count += added.count - deleted.count
            if set.count > Int(set.header.capacity ?? .max) {
                set.header.capacity = PeerSets.capacity(for: set.count)
                result.outgrown.append(set.header)
            }
            peerSets[name] = set
            result.elements.append(
                .init(set: set.header, deleted: deleted, added: added))
        }
    }

    private func changeBlocks(
        _ number: Int, _ blocks: ProgramChange.BlockChange, besides new: Set<String>,
        _ result: inout TableChange
    ) {
        for name in changingSets[number] ?? [] where !new.contains(name) {
            guard let set = peerSets[name], set.content == .blocks else { continue }
            let deleted = blocks.former.withoutIntervals(of: blocks.present)
            let added = blocks.present.withoutIntervals(of: blocks.former)
            let change = TableChange.ElementChange(
                set: set.header, deleted: deleted.elements(set.family),
                added: added.elements(set.family))
            if change.deleted.count + change.added.count > 0 { result.elements.append(change) }
        }
    }

    // MARK: Endpoints

    /// Puts the elements in order that lead to the endpoints' classes.
    private func place(
        _ change: ProgramChange, _ redefined: Set<Int>, _ result: inout TableChange
    ) {
        var concerned = Set(change.subjects.keys)
        if !redefined.isEmpty {
            for (id, subject) in program.subjects
            where [subject.ingress, subject.egress].contains(where: {
                $0.map(redefined.contains) ?? false
            }) {
                concerned.insert(id)
            }
        }
        if concerned.isEmpty { return }
        var draft = PlacementChange()
        for id in concerned.sorted() {
            let old = subjects[id]
            let new = program.subjects[id].map { subject in
                Placement(
                    addresses: subject.addresses, ingress: subject.ingress.map { entry($0) },
                    egress: subject.egress.map { entry($0) })
            }
            subjects[id] = new
            if old == new { continue }
            if let old { draft.add(Self.entries(id, old), \.deleted) }
            if let new { draft.add(Self.entries(id, new), \.added) }
        }
        result.elements += draft.changes
    }

    private func entry(_ number: Int) -> String { classes[number]!.entry }

    /// An endpoint's elements by the set in which they stand.
    private static func entries(
        _ id: EndpointID, _ placement: Placement
    ) -> [(set: NamedSet, entries: [SetEntry])] {
        var result: [(set: NamedSet, entries: [SetEntry])] = []
        for family in AddressFamily.allCases {
            for direction in Direction.allCases {
                let chain = direction == .ingress ? placement.ingress : placement.egress
                guard let chain else { continue }
                let entries = EndpointMaps.entries(
                    id, placement.addresses, direction, family, to: chain)
                result.append((EndpointMaps.emptyMap(direction, family), entries))
            }
            result.append(
                (
                    EndpointMaps.emptyOwnAddresses(family),
                    EndpointMaps.ownEntries(placement.addresses, family)
                ))
        }
        return result
    }

    // MARK: The whole

    /// The wanted ruleset.
    ///
    /// - Complexity: O(*n* log *n*) in the ruleset.
    public var table: Table {
        var maps: [String: NamedSet] = [:]
        var entries: [String: [SetEntry]] = [:]
        for family in AddressFamily.allCases {
            for direction in Direction.allCases {
                let map = EndpointMaps.emptyMap(direction, family)
                maps[map.name] = map
            }
            let pairs = EndpointMaps.emptyOwnAddresses(family)
            maps[pairs.name] = pairs
        }
        for (id, placement) in subjects {
            for (set, own) in Self.entries(id, placement) {
                entries[set.name, default: []] += own
            }
        }
        let endpointMaps = maps.values.map { $0.holding(entries[$0.name] ?? []) }
        return Table(
            name: Table.sluiceName, comment: Skeleton.comment,
            chains: Skeleton.chains(hosts, denyAction) + chains.all,
            sets: [Skeleton.neighbourDiscovery] + endpointMaps + (hosts?.sets ?? [])
                + portMaps.all
                + peerSets.all.map(filled)
        ).sorted
    }

    /// Some sets of endpoints' addresses with their elements, and the chains whose rules look into
    /// them.
    ///
    /// - Complexity: O(*n*) in the rules, and in the sets' elements.
    public func part(around names: Set<String>) -> Table {
        let users = chains.all.filter { $0.looks(into: names) }
        return Table(
            name: Table.sluiceName, comment: Skeleton.comment, chains: Array(users),
            sets: names.compactMap { peerSets[$0].map(filled) }
        ).sorted
    }

    private func filled(_ set: PeerSet) -> NamedSet {
        var header = set.header
        if let number = set.number {
            header.elements = presentElements(of: set, number)
        }
        return header
    }

    /// Takes over the capacities of a table that stands: its sets need not be made anew to get
    /// those that were wanted.
    public func adoptCapacities(of observed: Table) {
        for set in observed.sets {
            guard var own = peerSets[set.name], own.content == .addresses else { continue }
            own.header.capacity = set.capacity
            peerSets[set.name] = own
        }
    }
}

/// The elements that endpoints lose and gain, by set.
private struct PlacementChange {
    struct Entries {
        var set: NamedSet
        var deleted: [SetEntry] = []
        var added: [SetEntry] = []
    }

    private var sets: [String: Entries] = [:]

    mutating func add(
        _ entries: [(set: NamedSet, entries: [SetEntry])],
        _ list: WritableKeyPath<Entries, [SetEntry]>
    ) {
        for (set, entries) in entries where !entries.isEmpty {
            sets[set.name, default: Entries(set: set)][keyPath: list] += entries
        }
    }

    /// Without elements that go and come again.
    var changes: [TableChange.ElementChange] {
        sets.values.sorted { $0.set.name < $1.set.name }.compactMap { change in
            let deleted = Set(change.deleted)
            let added = Set(change.added)
            let gone = change.deleted.filter { !added.contains($0) }
            let new = change.added.filter { !deleted.contains($0) }
            if gone.isEmpty, new.isEmpty { return nil }
            return TableChange.ElementChange(
                set: change.set, deleted: .entries(gone.sorted(by: SetEntry.ascends)),
                added: .entries(new.sorted(by: SetEntry.ascends)))
        }
    }
}

extension AddressSet {
    /// The intervals of this set but for those that are, just so, the other's.
    fileprivate func withoutIntervals(of other: AddressSet) -> AddressSet {
        AddressSet(
            ipv4: Self.difference(ipv4, other.ipv4), ipv6: Self.difference(ipv6, other.ipv6))
    }

    private static func difference<Bits: AddressBits>(
        _ set: IntervalSet<Bits>, _ other: IntervalSet<Bits>
    ) -> IntervalSet<Bits> {
        let others = Set(other.intervals)
        return IntervalSet(set.intervals.filter { !others.contains($0) })
    }
}

extension EndpointAddresses {
    func elements(_ family: AddressFamily) -> SetElements {
        family == .ipv4 ? .ipv4(ipv4) : .ipv6(ipv6)
    }
}
