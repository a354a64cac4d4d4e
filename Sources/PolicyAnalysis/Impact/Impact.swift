// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// What a change of manifests opens and closes between the pods that exist before and after it, and
/// between them and the world outside.
public struct Impact: Sendable {
    /// The peers of both sides, in order.
    public let peers: [ReachabilityPeer]
    /// Pods and workloads of the new side only, whose connections are no change of policies.
    public let added: [ReachabilityPeer]
    /// Pods and workloads of the old side only.
    public let removed: [ReachabilityPeer]
    /// The group of each peer: members of one have the same connections before and after.
    let groups: [Int]
    /// What is opened between groups, row by row, as positions in ``sets``.
    private let opened: [Int32]
    /// What is closed between groups.
    private let closed: [Int32]
    /// The sets of packets that are opened or closed; the first is empty.
    let sets: [TransportSet]
    private let groupCount: Int

    /// Which way a connection changes.
    public enum Change: String, Sendable, CaseIterable {
        /// Allowed after, not before.
        case opened
        /// Allowed before, not after.
        case closed
    }

    /// Compares two clusters, each with its own policies.
    ///
    /// - Parameter enforcesStaged: Whether the new side's staged policies count as if they were
    ///   enforced; those of the old side never do.
    public init(
        from old: ClusterAssembly, to new: ClusterAssembly, enforcesStaged: Bool = false
    ) {
        let oldCluster = AnalysedCluster(
            old, avoiding: new.state.policies + new.state.withStagedEnforced.policies)
        let newCluster = AnalysedCluster(
            new, avoiding: old.state.policies + old.state.withStagedEnforced.policies,
            enforcesStaged: enforcesStaged)
        // What either side's policies tell apart outside, they are compared on.
        let outside = OutsidePeer.all(
            oldCluster.state.policies + newCluster.state.policies,
            besides: oldCluster.state.endpoints + newCluster.state.endpoints,
            in: [oldCluster.state, newCluster.state])
        self.init(
            from: Reachability(oldCluster, outside: outside),
            to: Reachability(newCluster, outside: outside))
    }

    /// Compares two matrices with the same peers outside.
    init(from old: Reachability, to new: Reachability) {
        let oldNumbers = Dictionary(uniqueKeysWithValues: zip(old.peers, old.peers.indices))
        let newNumbers = Dictionary(uniqueKeysWithValues: zip(new.peers, new.peers.indices))
        let peers = old.peers.filter { newNumbers[$0] != nil }
        added = new.peers.filter { oldNumbers[$0] == nil }
        removed = old.peers.filter { newNumbers[$0] == nil }
        var numbers: [GroupPair: Int] = [:]
        var pairs: [GroupPair] = []
        groups = peers.map { peer in
            let pair = GroupPair(
                old: old.groups[oldNumbers[peer]!], new: new.groups[newNumbers[peer]!])
            if let number = numbers[pair] { return number }
            numbers[pair] = pairs.count
            pairs.append(pair)
            return pairs.count - 1
        }
        var sets = TransportTable()
        var changes: [GroupPair: (Int32, Int32)] = [:]
        var opened: [Int32] = []
        var closed: [Int32] = []
        for from in pairs {
            for to in pairs {
                let cell = GroupPair(
                    old: old.allowedSet(fromGroup: from.old, toGroup: to.old),
                    new: new.allowedSet(fromGroup: from.new, toGroup: to.new))
                if changes[cell] == nil {
                    let before = old.sets[cell.old].withoutPortZero
                    let after = new.sets[cell.new].withoutPortZero
                    changes[cell] = (
                        sets.number(of: after.subtracting(before)),
                        sets.number(of: before.subtracting(after))
                    )
                }
                let change = changes[cell]!
                opened.append(change.0)
                closed.append(change.1)
            }
        }
        self.peers = peers
        self.opened = opened
        self.closed = closed
        self.sets = sets.sets
        groupCount = pairs.count
    }

    /// Two numbers that belong together, of the old side and of the new.
    private struct GroupPair: Hashable {
        var old: Int
        var new: Int
    }

    /// Whether nothing is opened or closed, and no pod or workload comes or goes.
    public var isEmpty: Bool {
        added.isEmpty && removed.isEmpty && Change.allCases.allSatisfy { pairs($0).isEmpty }
    }

    /// The pairs that change, by their positions in ``peers``, in order.
    public func pairs(_ change: Change) -> [(from: Int, to: Int)] {
        var pairs: [(from: Int, to: Int)] = []
        for from in peers.indices {
            for to in peers.indices
            where isPair(from, to) && set(change, from: from, to: to) != Int(TransportTable.none) {
                pairs.append((from, to))
            }
        }
        return pairs
    }

    /// The packets that are opened or closed from one peer to another.
    public func packets(_ change: Change, from: Int, to: Int) -> TransportSet {
        isPair(from, to) ? sets[set(change, from: from, to: to)] : .none
    }

    /// The position in ``sets`` of what changes between two peers that are a pair.
    func set(_ change: Change, from: Int, to: Int) -> Int {
        let cell = groups[from] * groupCount + groups[to]
        return Int(change == .opened ? opened[cell] : closed[cell])
    }

    private func isPair(_ from: Int, _ to: Int) -> Bool {
        from != to && !(peers[from].isOutside && peers[to].isOutside)
    }
}
