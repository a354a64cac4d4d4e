// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyVerification

/// What the page knows, as JSON whose texts may stand in HTML.
struct PageData {
    private let reachability: Reachability
    private let units: [MatrixUnit]
    private let view: MatrixView

    init(_ reachability: Reachability, _ units: [MatrixUnit], view: MatrixView) {
        self.reachability = reachability
        self.units = units
        self.view = view
    }

    /// Gives the text to `put` piece by piece.
    func write(_ put: ([UInt8]) throws -> Void) rethrows {
        let explanation = reachability.explanation
        let namespaces = Set(reachability.peers.compactMap(\.namespace)).sorted()
        let only = (view.namespaces ?? []).sorted().joined(separator: " ")
        let pods = reachability.peers.count { !$0.isOutside }
        try put(Array("{\"podCount\":\(pods),\"namespaces\":".utf8))
        try put(Self.list(namespaces.map(JSONText.quoted)))
        try put(Array(",\"namespace\":".utf8) + JSONText.quoted(only))
        try put(Array(",\"port\":".utf8) + JSONText.quoted(view.packets?.portsText ?? ""))
        try put(Array(",\n\"units\":".utf8) + Self.list(units.map { JSONText.quoted($0.label) }))
        try put(Array(",\n\"peers\":".utf8) + peers(namespaces))
        try put(Array(",\n\"sets\":".utf8) + Self.list(reachability.sets.map(Self.set)))
        let size = reachability.sets.count > Int(UInt16.max) ? 4 : 2
        try put(
            Array(",\n\"cellSize\":\(size),\"cells\":\"".utf8)
                + cells(size, reachability.allowedSet))
        if reachability.knowsToday {
            try put(Array("\",\n\"todaysCells\":\"".utf8) + cells(size, reachability.todaysSet))
        }
        let policies = explanation.policies.map {
            let tier = $0.tier == Tier.standard.name ? "" : " of tier \($0.tier)"
            return JSONText.quoted("\($0.id.kind) \($0.id)\(tier)")
        }
        try put(Array("\",\n\"policies\":".utf8) + Self.list(policies))
        let groups = explanation.groups.map { group in
            let families = [group.classes(.ipv4), group.classes(.ipv6)]
            return Array("[\(group.egress),\(group.ingress),\(families[0]),\(families[1])]".utf8)
        }
        try put(Array(",\n\"groups\":".utf8) + Self.list(groups))
        try put(Array(",\n\"regions\":[".utf8))
        for (number, region) in explanation.regions.enumerated() {
            if number > 0 { try put(Array(",\n".utf8)) }
            try put(self.region(region))
        }
        try put(Array("]}".utf8))
    }

    private func peers(_ namespaces: [String]) -> [UInt8] {
        let numbers = Dictionary(uniqueKeysWithValues: zip(namespaces, namespaces.indices))
        var unitOf = [Int](repeating: 0, count: reachability.peers.count)
        for (number, unit) in units.enumerated() {
            for peer in unit.peers { unitOf[peer] = number }
        }
        return Self.list(
            reachability.peers.enumerated().map { number, peer in
                let namespace = peer.namespace.flatMap { numbers[$0] } ?? -1
                let rest = ",\(namespace),\(reachability.groups[number]),\(unitOf[number])]"
                return [UInt8(ascii: "[")] + JSONText.quoted(peer.description) + Array(rest.utf8)
            })
    }

    private static func set(_ set: TransportSet) -> [UInt8] {
        let seen = set.withoutPortZero
        let state =
            ",\"isAll\":\(seen == TransportSet.all.withoutPortZero),\"isNone\":\(seen.isEmpty)"
        return Array("\(seen.json.dropLast())\(state),\"text\":".utf8)
            + JSONText.quoted(seen.description) + [UInt8(ascii: "}")]
    }

    /// The sets of all pairs of groups, as numbers of two or four bytes, the lowest first.
    private func cells(_ size: Int, _ set: (Int, Int) -> Int) -> [UInt8] {
        let groups = 0..<reachability.groupCount
        var bytes: [UInt8] = []
        bytes.reserveCapacity(groups.count * groups.count * size)
        for from in groups {
            for to in groups {
                let set = set(from, to)
                for byte in 0..<size { bytes.append(UInt8(truncatingIfNeeded: set >> (8 * byte))) }
            }
        }
        return Base64.encode(bytes)
    }

    private func region(_ region: SubjectRegion) -> [UInt8] {
        let policies = reachability.explanation.policies
        let numbers = region.stack.policies
        let passes = region.stack.levels.allSatisfy { $0.defaultAction == .pass }
        let rules = numbers.flatMap { number in
            region.decisions(of: policies[number]).map { decision in
                Self.rule(decision, of: policies[number], number)
            }
        }
        return Array("{\"policies\":\(numbers),\"passes\":\(passes),\"rules\":".utf8)
            + Self.list(rules) + [UInt8(ascii: "}")]
    }

    private static func rule(_ decision: RuleReach, of policy: Policy, _ number: Int) -> [UInt8] {
        let place = decision.rule
        let words = policy.rules(place.direction)?[place.index].words(place.direction) ?? ""
        let reach = decision.reachByPackets.map { packets, classes in
            [UInt8(ascii: "[")] + JSONText.quoted(packets.description)
                + Array(",\"".utf8) + Base64.encode(classes.bytes) + Array("\"]".utf8)
        }
        return Array(
            "[\(number),\(place.index),\"\(place.direction)\",\"\(decision.action)\",".utf8)
            + JSONText.quoted(words) + [UInt8(ascii: ",")] + list(reach) + [UInt8(ascii: "]")]
    }

    private static func list(_ texts: [[UInt8]]) -> [UInt8] {
        var bytes = [UInt8(ascii: "[")]
        for (index, text) in texts.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes += text
        }
        return bytes + [UInt8(ascii: "]")]
    }
}

extension BitSet {
    /// Eight numbers in each byte, the lowest first.
    fileprivate var bytes: [UInt8] {
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }
}

extension TransportSet {
    /// The ports as they are typed: `80/tcp,8000-8010/udp`.
    fileprivate var portsText: String {
        [("tcp", tcp), ("udp", udp), ("sctp", sctp)].flatMap { name, ports in
            ports.intervals.map { range in
                if range == 1...UInt16.max { return name }
                let numbers =
                    range.count == 1
                    ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
                return "\(numbers)/\(name)"
            }
        }.joined(separator: ",")
    }
}
