// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// Pods of one workload that reach and are reached alike, as one row and column of a matrix.
public struct MatrixUnit: Hashable, Sendable {
    /// `web-* (12)`, or the only member's name without its namespace; where not all pods of the
    /// workload are alike, `web-0 and 3 more`.
    public var label: String
    /// Nil outside.
    public var namespace: String?
    /// Positions of the members, which are of one group as far as the view can tell.
    public var peers: [Int]
}

extension MatrixUnit {
    /// The peers that a view shows, in units: namespaces in order, what is outside last.
    public static func all(
        of reachability: Reachability, in cluster: AnalysedCluster, view: MatrixView = MatrixView()
    ) -> [MatrixUnit] {
        let alike = alikeGroups(reachability, view)
        let roots = Dictionary(
            cluster.runningPods.flatMap { root, pods in pods.map { ($0, root.name) } }
        ) { first, _ in first }
        var positions: [Key: Int] = [:]
        var units: [(stem: String, MatrixUnit)] = []
        for (number, peer) in reachability.peers.enumerated() {
            let stem: String
            switch peer {
            case .endpoint(let id): stem = roots[id] ?? PodName.stem(id.name)
            case .outside(let name): stem = name
            }
            let key = Key(
                namespace: peer.namespace, stem: stem, group: alike[reachability.groups[number]])
            if let position = positions[key] {
                units[position].1.peers.append(number)
            } else {
                positions[key] = units.count
                units.append(
                    (stem, MatrixUnit(label: "", namespace: peer.namespace, peers: [number])))
            }
        }
        let stems = Dictionary(
            positions.keys.map { (Stem(namespace: $0.namespace, stem: $0.stem), 1) },
            uniquingKeysWith: +)
        return units.map { stem, unit in
            var unit = unit
            let first = reachability.peers[unit.peers[0]].localName
            let isOnly = stems[Stem(namespace: unit.namespace, stem: stem)] == 1
            switch unit.peers.count {
            case 1: unit.label = first
            case let count where isOnly: unit.label = "\(stem)-* (\(count))"
            case let count: unit.label = "\(first) and \(count - 1) more"
            }
            return unit
        }
    }

    private struct Stem: Hashable {
        var namespace: String?
        var stem: String
    }

    private struct Key: Hashable {
        var namespace: String?
        var stem: String
        var group: Int
    }

    /// For each group the first that has an equal row and an equal column.
    private static func alikeGroups(_ reachability: Reachability, _ view: MatrixView) -> [Int] {
        var numbers: [TransportSet: Int32] = [:]
        let seen = reachability.sets.map { set in
            let part = view.seen(set)
            let number = numbers[part, default: Int32(numbers.count)]
            numbers[part] = number
            return number
        }
        let groups = 0..<reachability.groupCount
        var firsts: [[Int32]: Int] = [:]
        return groups.map { group in
            let behaviour =
                groups.map { seen[reachability.allowedSet(fromGroup: group, toGroup: $0)] }
                + groups.map { seen[reachability.allowedSet(fromGroup: $0, toGroup: group)] }
                + groups.map { seen[reachability.todaysSet(fromGroup: group, toGroup: $0)] }
                + groups.map { seen[reachability.todaysSet(fromGroup: $0, toGroup: group)] }
            let first = firsts[behaviour, default: group]
            firsts[behaviour] = first
            return first
        }
    }
}

extension ReachabilityPeer {
    /// The name without its namespace.
    var localName: String {
        switch self {
        case .endpoint(let id): id.name
        case .outside(let name): name
        }
    }
}

/// What pods' names tell of where they come from, if nothing else does.
enum PodName {
    /// The name without the endings that controllers add: `-7d4b9c8f5d-x2k4p`, `-x2k4p`, `-0`.
    static func stem(_ name: String) -> String {
        var parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last else { return name }
        let isNumber = !last.isEmpty && last.utf8.allSatisfy(isDigit)
        let isRandom = last.utf8.count == 5 && last.utf8.contains(where: isDigit)
        guard isNumber || isRandom else { return name }
        parts.removeLast()
        if isRandom, parts.count > 1, let hash = parts.last, (8...10).contains(hash.utf8.count),
            hash.utf8.contains(where: isDigit)
        {
            parts.removeLast()
        }
        return parts.joined(separator: "-")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
