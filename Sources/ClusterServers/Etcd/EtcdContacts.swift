// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// When an etcd was last heard of, kind by kind.
///
/// A watch says nothing as long as nothing changes. What the member that is watched answers meanwhile
/// counts for all kinds, because it would have told changes as well.
struct EtcdContacts: Sendable {
    private var heard: [CalicoResource: ContinuousClock.Instant] = [:]
    private var listed: Set<CalicoResource> = []

    /// Something was said about these kinds.
    mutating func hear(
        _ resources: some Sequence<CalicoResource>, at now: ContinuousClock.Instant = .now
    ) {
        for resource in resources { heard[resource] = now }
    }

    /// All there is of these kinds has been read.
    mutating func list(
        _ resources: some Sequence<CalicoResource>, at now: ContinuousClock.Instant = .now
    ) {
        listed.formUnion(resources)
        hear(resources, at: now)
    }

    /// All kinds in order of name.
    ///
    /// - Parameters:
    ///   - reading: what is known of them.
    ///   - outage: what keeps all of them from being followed.
    func all(
        of reading: EtcdReading?, outage: String?, _ timing: EtcdTiming,
        at now: ContinuousClock.Instant = .now
    ) -> [KindContact] {
        CalicoResource.all.sorted { $0.plural < $1.plural }.map { resource in
            KindContact(
                resource: resource.plural, age: heard[resource].map { now - $0 },
                isListed: listed.contains(resource),
                objectCount: reading?.store.count(of: resource.plural) ?? 0,
                problem: outage ?? reading?.denied[resource]?.cause,
                // Between two answers, of which the second may take its time, as may the first attempt
                // to connect anew.
                tolerance: timing.probe + timing.answer * 2)
        }
    }
}
