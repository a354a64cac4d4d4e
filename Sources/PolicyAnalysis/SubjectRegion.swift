// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// What the policies of one direction say of every packet between a subject and every class of
/// addresses.
struct SubjectRegion: Sendable {
    /// The packets that are allowed, by the number of the other side's class.
    private(set) var allowed: [Int32]
    /// What the rules decide, in the order in which they are asked.
    private(set) var decisions: [RuleReach] = []

    /// The packets about which a rule decides.
    struct RuleReach: Sendable {
        var rule: RuleReference
        var action: Action
        /// Pairs of packets and the other side's classes.
        var reach: [(packets: TransportSet, classes: BitSet)]
    }

    /// Everything is allowed: no policy governs the subject (S2).
    init(openTo count: Int) { allowed = [Int32](repeating: TransportTable.all, count: count) }

    /// A rule with its ports and peers worked out.
    private struct StackRule {
        var place: RuleReference
        var action: Action
        var ports: [NumberedPort]?
        var members: BitSet
    }

    /// - Parameters:
    ///   - own: The subject's named ports, which ingress rules' names mean (S27).
    ///
    /// - Complexity: O(rules × atoms of their ports × classes).
    init(
        _ stack: PolicyStack, _ direction: Direction, of policies: [Policy], own: [NamedPort],
        classes: inout AddressClasses, table: inout TransportTable
    ) {
        let levels = stack.levels.map { level in
            (
                level.defaultAction,
                level.policies.flatMap { number in
                    Self.rules(of: policies[number], direction, own, &classes)
                }
            )
        }
        let atoms = TransportAtom.all(of: levels.flatMap { $0.1.flatMap { $0.ports ?? [] } })
        var reaches: [RuleReference: RuleReach] = [:]
        var parts: [BitSet: TransportSet] = [:]
        for atom in atoms {
            var undecided = BitSet(allBelow: classes.count)
            var allowed = BitSet(count: classes.count)
            for (defaultAction, rules) in levels {
                var passed = BitSet(count: classes.count)
                for rule in rules {
                    guard var hit = Self.hit(rule, atom, direction, &classes) else { continue }
                    hit.formIntersection(undecided)
                    if rule.action == .log || hit.isEmpty { continue }
                    undecided.subtract(hit)
                    if rule.action == .allow { allowed.formUnion(hit) }
                    if rule.action == .pass { passed.formUnion(hit) }
                    reaches[
                        rule.place,
                        default: RuleReach(rule: rule.place, action: rule.action, reach: [])
                    ].note(atom.members, hit)
                }
                if defaultAction == .pass { passed.formUnion(undecided) }
                undecided = passed
            }
            allowed.formUnion(undecided)
            parts[allowed] = parts[allowed]?.union(atom.members) ?? atom.members
        }
        decisions = levels.flatMap(\.1).compactMap { reaches[$0.place] }
        allowed = Self.byClass(parts, count: classes.count, &table)
    }

    /// The rules with their ports as numbers.
    private static func rules(
        of policy: Policy, _ direction: Direction, _ own: [NamedPort],
        _ classes: inout AddressClasses
    ) -> [StackRule] {
        (policy.rules(direction) ?? []).enumerated().map { index, rule in
            var ports: [NumberedPort]?
            if case .only(let matches) = rule.ports {
                ports = matches.flatMap { Self.numbered($0, direction, own, classes) }
            }
            return StackRule(
                place: RuleReference(policy: policy.id, direction: direction, index: index),
                action: rule.action, ports: ports, members: classes.members(of: rule.peers))
        }
    }

    /// A port's numbers. A name means on ingress those of the subject, on egress those of whoever
    /// the other side is (S27, S28).
    private static func numbered(
        _ port: PortMatch, _ direction: Direction, _ own: [NamedPort], _ classes: AddressClasses
    ) -> [NumberedPort] {
        switch port {
        case .every(let transport): return [NumberedPort(transport: transport)]
        case .numbers(let transport, let range):
            return [NumberedPort(transport: transport, range: range)]
        case .named(let transport, let name) where direction == .ingress:
            return own.filter { $0.name == name && $0.transport == transport }
                .map { NumberedPort(transport: transport, range: $0.number...$0.number) }
        case .named(let transport, let name):
            return classes.numbers(of: name, transport).sorted()
                .map { NumberedPort(transport: transport, range: $0...$0, name: name) }
        }
    }

    /// The classes with which an atom's packets match a rule; nil if its ports do not match.
    private static func hit(
        _ rule: StackRule, _ atom: TransportAtom, _ direction: Direction,
        _ classes: inout AddressClasses
    ) -> BitSet? {
        guard let ports = rule.ports else { return rule.members }
        let matching = ports.filter(atom.matches)
        if matching.isEmpty { return nil }
        if matching.contains(where: { $0.name == nil }) { return rule.members }
        var holders = BitSet(count: classes.count)
        for port in matching {
            guard let name = port.name, let number = port.range?.lowerBound else { continue }
            holders.formUnion(
                classes.holders(
                    of: NamedPort(name: name, transport: port.transport, number: number)))
        }
        return rule.members.intersection(holders)
    }

    /// The number of each class's set of packets, from the classes for which packets are allowed.
    private static func byClass(
        _ parts: [BitSet: TransportSet], count: Int, _ table: inout TransportTable
    ) -> [Int32] {
        var numbers = [Int32](repeating: TransportTable.none, count: count)
        for (classes, packets) in parts {
            // Each set is united with the part's once, not once for each class.
            let part = table.number(of: packets)
            for number in classes.members {
                numbers[number] = table.union(numbers[number], part)
            }
        }
        return numbers
    }
}

extension SubjectRegion.RuleReach {
    fileprivate mutating func note(_ packets: TransportSet, _ classes: BitSet) {
        if let known = reach.firstIndex(where: { $0.classes == classes }) {
            reach[known].packets = reach[known].packets.union(packets)
        } else {
            reach.append((packets, classes))
        }
    }
}
