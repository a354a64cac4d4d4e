// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyVerification

/// What the policies of one direction say of every packet between a subject and every class of
/// addresses.
struct SubjectRegion: Sendable {
    /// The policies.
    let stack: PolicyStack
    /// The packets that are allowed, by the number of the other side's class.
    private(set) var allowed: [Int32]
    private var reaches: [RuleReference: RuleReach] = [:]

    /// Everything is allowed: no policy governs the subject (S2).
    init(openTo count: Int) {
        stack = PolicyStack()
        allowed = [Int32](repeating: TransportTable.all, count: count)
    }

    /// Nothing is decided yet, and nothing allowed.
    init(_ stack: PolicyStack, classes count: Int) {
        self.stack = stack
        allowed = [Int32](repeating: TransportTable.none, count: count)
    }

    /// Notes that packets are allowed with some classes, besides what has been noted.
    mutating func allow(
        _ packets: Int32, with classes: some Sequence<Int>, _ table: inout TransportTable
    ) {
        for number in classes { allowed[number] = table.union(allowed[number], packets) }
    }

    /// Notes that a rule decides about packets between the subject and some classes.
    mutating func note(
        _ rule: RuleReference, _ action: Action, _ packets: TransportSet, _ classes: BitSet
    ) {
        reaches[rule, default: RuleReach(rule: rule, action: action)].note(packets, classes)
    }

    /// What a policy's rules decide, in order; rules that decide nothing are left out.
    func decisions(of policy: Policy) -> [RuleReach] {
        Direction.allCases.flatMap { direction in
            (policy.rules(direction) ?? []).indices.compactMap { index in
                reaches[RuleReference(policy: policy.id, direction: direction, index: index)]
            }
        }
    }
}
