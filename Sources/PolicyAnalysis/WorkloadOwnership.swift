// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// Which workload speaks for which: the Deployment for its ReplicaSets, the CronJob for its Jobs,
/// and each of them for its pods.
struct WorkloadOwnership {
    private let workloads: [WorkloadID: Workload]
    private let podOwners: [EndpointID: WorkloadID]

    init(_ workloads: [Workload], podOwners: [EndpointID: WorkloadID]) {
        self.workloads = Dictionary(workloads.map { ($0.id, $0) }) { first, _ in first }
        self.podOwners = podOwners
    }

    /// The last of a pod's chain of owners; nil for a pod that nothing has made.
    func root(of pod: EndpointID) -> WorkloadID? { podOwners[pod].map(root) }

    /// The last of a workload's chain of owners, which is the workload itself if nothing made it.
    /// It need not be among the known ones.
    func root(of workload: WorkloadID) -> WorkloadID {
        var last = workload
        // Owners that own each other in a circle end the search where it began to repeat.
        var seen: Set<WorkloadID> = [last]
        while let owner = owner(of: last), seen.insert(owner).inserted { last = owner }
        return last
    }

    /// The owner that the object states or, where the input lacks the object, the one that its name
    /// tells: `web-7d4b9c` is a ReplicaSet of `web`, and `backup-28471` a Job of `backup`.
    private func owner(of id: WorkloadID) -> WorkloadID? {
        if let workload = workloads[id] { return workload.owner }
        let kind: WorkloadKind
        switch id.kind {
        case .replicaSet: kind = .deployment
        case .job: kind = .cronJob
        default: return nil
        }
        guard let hyphen = id.name.lastIndex(of: "-") else { return nil }
        let owner = WorkloadID(
            kind: kind, namespace: id.namespace, name: String(id.name[..<hyphen]))
        return workloads[owner] == nil ? nil : owner
    }

    /// The workloads that speak for themselves, each by the name of its root: the root, or if the
    /// input lacks it, the youngest of those that it has made. In order of name.
    var representatives: [(root: WorkloadID, Workload)] {
        let living = workloads.values.filter { !$0.isFinished }
        return Dictionary(grouping: living) { root(of: $0.id) }.map { root, made in
            let youngest = made.max { ($0.created, $0.id) < ($1.created, $1.id) }
            return (root, workloads[root] ?? youngest!)
        }.sorted { $0.root < $1.root }
    }
}
