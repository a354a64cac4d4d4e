// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Draws the history of a small cluster that a seed determines: batches of changes such as pods and
/// policies that come, go, and get other labels, addresses, ports or rules, and what the cluster is
/// after each.
public struct ChangeSequence: Sequence, IteratorProtocol, Sendable {
    private var random: SeededGenerator
    private let style: WorldGenerator.Style
    private let isCrowded: Bool
    private var state = ClusterState(tiers: [])
    private var pending: [ClusterChange] = []
    private var worlds = 0
    private let worldCount: Int

    /// Changes that come together, and the state that they lead to.
    public struct Batch: Sendable {
        public var changes: [ClusterChange]
        public var state: ClusterState
    }

    /// - Parameters:
    ///   - style: which policies there are, where worlds are not crowded.
    ///   - worlds: how many worlds the history passes through.
    ///   - isCrowded: whether there are many pods with few labels, so that sets outgrow their room.
    public init(
        seed: UInt64, style: WorldGenerator.Style, worlds: Int = 4, isCrowded: Bool = false
    ) {
        random = SeededGenerator(seed: seed)
        self.style = style
        self.isCrowded = isCrowded
        worldCount = worlds
    }

    public mutating func next() -> Batch? {
        if pending.isEmpty {
            guard worlds < worldCount else { return nil }
            worlds += 1
            pending = random.shuffled(state.changes(to: goal()))
        }
        // Most batches are small, some are bursts, and some undo what they do.
        let few = isCrowded ? random.number(in: 5...30) : random.number(in: 1...3)
        let size = random.chance(20) ? pending.count : Swift.min(pending.count, few)
        var changes = Array(pending.prefix(size))
        pending.removeFirst(size)
        if random.chance(15), let last = changes.last { changes += [last.undone(in: state), last] }
        for change in changes { state.apply(change) }
        return Batch(changes: changes, state: state)
    }

    /// Sometimes a world like the last one, but for a few objects; sometimes another.
    private mutating func goal() -> ClusterState {
        var goal =
            isCrowded
            ? CrowdedWorld.world(seed: random.next())
            : WorldGenerator(seed: random.next() % 1_000, style: style).world()
        if random.chance(30) { goal.policies = state.policies }
        if random.chance(30) { goal.namespaces = state.namespaces }
        if random.chance(10) { goal.tiers = [] }
        if random.chance(30) { reissue(&goal.endpoints) }
        if style == .calico, !isCrowded { keepSome(&goal) }
        return goal
    }

    /// Leaves some kinds of objects as they are, and gives some endpoints other accounts.
    private mutating func keepSome(_ goal: inout ClusterState) {
        if random.chance(30) { goal.networkSets = state.networkSets }
        if random.chance(30) { goal.serviceSlices = state.serviceSlices }
        if random.chance(30) { goal.serviceAccounts = state.serviceAccounts }
        if random.chance(30) { goal.profiles = state.profiles }
        for index in goal.endpoints.indices
        where goal.endpoints[index].id.kind == .pod && random.chance(15) {
            goal.endpoints[index].serviceAccount = random.pick([nil] + CalicoVocabulary.accounts)
        }
    }

    /// Brings back the pods that there are, some of them created at another time, on another node
    /// or with another number behind a port name.
    private mutating func reissue(_ endpoints: inout [Endpoint]) {
        endpoints = state.endpoints.map { endpoint in
            var copy = endpoint
            if random.chance(15) { copy.created += Int64(random.number(in: -120...120)) }
            if random.chance(10) { copy.node = random.pick(Vocabulary.nodes) }
            if random.chance(10) { copy.isFinished.toggle() }
            if random.chance(15), !copy.namedPorts.isEmpty {
                copy.namedPorts[0].number = random.pick([80, 8080, 9100])
            }
            return copy
        }
    }
}

extension ChangeSequence {
    /// The history of a seed: of every third one with NetworkPolicies alone, of every third one
    /// with tiers, and of the rest in crowded worlds.
    public init(seed: UInt64) {
        self.init(
            seed: seed, style: seed % 3 == 0 ? .kubernetes : .tiered, worlds: seed % 3 == 2 ? 3 : 4,
            isCrowded: seed % 3 == 2)
    }
}

extension ClusterChange {
    /// What brings back the object that a state has, or takes it away again.
    fileprivate func undone(in state: ClusterState) -> ClusterChange {
        switch self {
        case .namespace(let name, _):
            .namespace(name, state.namespaces.first { $0.name == name })
        case .node(let name, _): .node(name, state.nodes.first { $0.name == name })
        case .endpoint(let id, _): .endpoint(id, state.endpoints.first { $0.id == id })
        case .tier(let name, _): .tier(name, state.tiers.first { $0.name == name })
        case .policy(let id, _): .policy(id, state.policies.first { $0.id == id })
        case .stagedPolicy(let id, _):
            .stagedPolicy(id, state.stagedPolicies.first { $0.id == id })
        case .profile(let name, _): .profile(name, state.profiles.first { $0.name == name })
        case .serviceAccount(let id, _):
            .serviceAccount(id, state.serviceAccounts.first { $0.id == id })
        case .networkSet(let id, _): .networkSet(id, state.networkSets.first { $0.id == id })
        case .serviceSlice(let id, _):
            .serviceSlice(id, state.serviceSlices.first { $0.id == id })
        case .configuration(let name, _):
            .configuration(name, state.configurations.first { $0.name == name })
        }
    }
}
