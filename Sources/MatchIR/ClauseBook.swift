// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What the policies of one state come to, read once for all classes that read them alike.
///
/// Within one state a policy's identifier stands for its content.
struct ClauseBook {
    /// The unions of peers that were needed.
    var unions = UnionMemo()
    private var numbers: [PolicyID: Int] = [:]
    /// What the policies come to for the present reader, by their numbers.
    private var entries: [Entry?] = []
    /// The same for other readers.
    private var closed: [Reader: [Entry?]] = [:]
    private var reader: Reader?

    /// One policy as seen by some classes.
    struct Entry {
        var whole: RuleOrigin
        var clauses: [Clause]
    }

    /// All of a class, besides its policies, that makes a difference to what one of them means.
    private struct Reader: Hashable {
        var direction: Direction
        var stage: Stage
        var namedPorts: [NamedPort]
        var families: Set<AddressFamily>

        init(_ endpoints: EndpointClass) {
            direction = endpoints.direction
            stage = endpoints.stage
            namedPorts = endpoints.namedPorts
            families = endpoints.families
        }
    }

    /// The numbers of a class's policies by tier. They are the same for equal identifiers only.
    mutating func numbers(of endpoints: EndpointClass) -> [[Int]] {
        var result: [[Int]] = []
        for layer in endpoints.tiers {
            var own: [Int] = []
            own.reserveCapacity(layer.policies.count)
            for policy in layer.policies {
                let number = numbers[policy.id] ?? numbers.count
                if number == numbers.count { numbers[policy.id] = number }
                own.append(number)
            }
            result.append(own)
        }
        return result
    }

    /// Turns to what classes of this one's kind have read.
    mutating func open(for endpoints: EndpointClass) {
        let next = Reader(endpoints)
        if reader != next {
            if let reader { closed[reader] = entries }
            entries = closed.removeValue(forKey: next) ?? []
            reader = next
        }
        let missing = numbers.count - entries.count
        if missing > 0 { entries += Array(repeating: nil, count: missing) }
    }

    /// A policy as seen by a class that the book is open for.
    mutating func entry(
        _ number: Int, for policy: Policy, of endpoints: EndpointClass,
        _ directory: some PeerDirectory
    ) -> Entry {
        if let known = entries[number] { return known }
        let whole = RuleOrigin(policy)
        let entry = Entry(
            whole: whole, clauses: Clause.list(of: policy, whole, for: endpoints, directory))
        entries[number] = entry
        return entry
    }
}
