// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel

/// Who reaches whom: what the policies allow between any two pods of a cluster, and between them and
/// the world outside.
///
/// A packet is allowed if the sender's policies for egress and the receiver's for ingress allow it,
/// and a connection if that is so between any two addresses of one family. What is never policed,
/// such as neighbour discovery (S44), and what passes between a pod and its node (S22), does not
/// count; host endpoints do not take part. Where policies ask for source ports or types of ICMP, a
/// destination port or protocol is allowed if it is so with all of them.
///
/// - Complexity: to make it, O(*g*²) in the groups of endpoints that policies tell apart.
public struct Reachability: Sendable {
    /// Who takes part: the policed endpoints by id, then the peers outside.
    public let peers: [ReachabilityPeer]
    /// The group of each peer: members of one reach and are reached alike.
    public let groups: [Int]
    /// How many groups there are.
    public let groupCount: Int
    /// What connections consist in; the cells refer to these.
    public let sets: [TransportSet]
    /// The position in ``sets`` for each pair of groups, row by row.
    private let cells: [Int32]
    /// What is allowed today, cell by cell, where the matrix is of another day; nil otherwise.
    private let todaysCells: [Int32]?
    /// What the groups' policies decide in each direction.
    let explanation: ReachabilityExplanation

    /// - Parameters:
    ///   - cluster: Whose addresses are each owned by one endpoint.
    ///   - outside: The peers outside; by default those that the cluster's policies tell apart.
    public init(_ cluster: AnalysedCluster, outside: [OutsidePeer]? = nil) {
        let state = cluster.state
        let endpoints = state.endpoints.filter { $0.isPoliced && $0.id.kind != .host }
        let outside =
            outside ?? OutsidePeer.all(state.policies, besides: state.endpoints, in: [state])
        peers =
            endpoints.map { .endpoint($0.id) } + outside.map { .outside($0.name) }
        let subjects = SubjectClasses(state, endpoints, outside: outside)
        groups = subjects.numbers
        groupCount = subjects.groups.count
        var table = subjects.table
        var cells: [Int32] = []
        cells.reserveCapacity(groupCount * groupCount)
        for from in subjects.groups {
            let egress = subjects.regions[from.egress].allowed
            for to in subjects.groups {
                let ingress = subjects.regions[to.ingress].allowed
                var allowed = TransportTable.none
                for family in AddressFamily.allCases {
                    for source in from.classes(family) {
                        for destination in to.classes(family) {
                            let both = table.intersection(
                                egress[destination], ingress[source])
                            allowed = table.union(allowed, both)
                        }
                    }
                }
                cells.append(allowed)
            }
        }
        self.cells = cells
        todaysCells = nil
        sets = table.sets
        explanation = ReachabilityExplanation(
            policies: subjects.policies, groups: subjects.groups, regions: subjects.regions)
    }

    /// The matrix with the staged policies enforced, which knows what is allowed today.
    ///
    /// - Parameter assembly: Decoded as for ``AnalysedCluster/init(_:avoiding:enforcesStaged:)``.
    public init(enforcingStagedOf assembly: ClusterAssembly) {
        let today = AnalysedCluster(assembly)
        let then = AnalysedCluster(
            assembly, avoiding: assembly.state.policies, enforcesStaged: true)
        let outside = OutsidePeer.all(
            today.state.policies + then.state.policies, besides: today.state.endpoints,
            in: [today.state, then.state])
        self.init(
            Reachability(then, outside: outside), today: Reachability(today, outside: outside))
    }

    /// A matrix beside another one of the same peers.
    private init(_ then: Reachability, today: Reachability) {
        peers = then.peers
        var numbers: [[Int]: Int] = [:]
        var pairs: [(then: Int, today: Int)] = []
        groups = zip(then.groups, today.groups).map { group, old in
            if let number = numbers[[group, old]] { return number }
            numbers[[group, old]] = pairs.count
            pairs.append((group, old))
            return pairs.count - 1
        }
        groupCount = pairs.count
        var table = TransportTable()
        let thenNumbers = then.sets.map { table.number(of: $0) }
        let todayNumbers = today.sets.map { table.number(of: $0) }
        var cells: [Int32] = []
        var todaysCells: [Int32] = []
        for from in pairs {
            for to in pairs {
                cells.append(
                    thenNumbers[then.allowedSet(fromGroup: from.then, toGroup: to.then)])
                todaysCells.append(
                    todayNumbers[today.allowedSet(fromGroup: from.today, toGroup: to.today)])
            }
        }
        self.cells = cells
        self.todaysCells = todaysCells
        sets = table.sets
        explanation = ReachabilityExplanation(
            policies: then.explanation.policies,
            groups: pairs.map { then.explanation.groups[$0.then] },
            regions: then.explanation.regions)
    }

    /// Whether the matrix knows what is allowed today besides.
    public var knowsToday: Bool { todaysCells != nil }

    /// The position in ``sets`` of what is allowed today from one group to another: the same as
    /// ``allowedSet(fromGroup:toGroup:)`` where the matrix is of today.
    public func todaysSet(fromGroup from: Int, toGroup to: Int) -> Int {
        Int((todaysCells ?? cells)[from * groupCount + to])
    }

    /// What is allowed from one peer to another, by their positions. Port 0 counts here.
    public func allowed(from: Int, to: Int) -> TransportSet {
        sets[allowedSet(fromGroup: groups[from], toGroup: groups[to])]
    }

    /// The position in ``sets`` of what is allowed from one group to another.
    public func allowedSet(fromGroup from: Int, toGroup to: Int) -> Int {
        Int(cells[from * groupCount + to])
    }

    /// Whether a pair is a connection: not with itself, and not between two outside.
    public func isConnection(from: Int, to: Int) -> Bool {
        from != to && !(peers[from].isOutside && peers[to].isOutside)
    }
}

/// A pod, a workload, or addresses outside.
public enum ReachabilityPeer: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// A policed endpoint.
    case endpoint(EndpointID)
    /// Addresses outside the cluster, by name: `world`, or `world 203.0.113.0/24`.
    case outside(String)

    /// Whether this is outside the cluster.
    public var isOutside: Bool { if case .outside = self { true } else { false } }

    /// The endpoint's namespace; nil outside.
    public var namespace: String? {
        if case .endpoint(let id) = self { id.namespace } else { nil }
    }

    /// `namespace/name`, or the name of what is outside.
    public var description: String {
        switch self {
        case .endpoint(let id): id.description
        case .outside(let name): name
        }
    }
}
