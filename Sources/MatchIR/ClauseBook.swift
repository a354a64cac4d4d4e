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
    private var entries: [PolicyID: Entry] = [:]
    /// The entries for readers other than the present one.
    private var closed: [Reader: [PolicyID: Entry]] = [:]
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

    /// Turns to what classes of this one's kind have read.
    mutating func open(for endpoints: EndpointClass) {
        let next = Reader(endpoints)
        if reader == next { return }
        if let reader { closed[reader] = entries }
        entries = closed.removeValue(forKey: next) ?? [:]
        reader = next
    }

    /// A policy as seen by a class that the book is open for.
    mutating func entry(
        for policy: Policy, of endpoints: EndpointClass, _ directory: some PeerDirectory
    ) -> Entry {
        if let known = entries[policy.id] { return known }
        let whole = RuleOrigin(policy)
        let entry = Entry(
            whole: whole, clauses: Clause.list(of: policy, whole, for: endpoints, directory))
        entries[policy.id] = entry
        return entry
    }
}
