// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

extension LintedCluster {
    /// Pods and workloads that no policy selects, so that everything is open to them (S2).
    var ungovernedPods: [Finding] {
        let governed = Set(policies.flatMap { matches($0.policy.subject).map(\.id) })
        let pods = documents.endpoints.filter {
            $0.value.isPoliced && !governed.contains($0.value.id)
        }
        .map { ungoverned("Pod \($0.value.id)", at: $0.origin) }
        let representatives = Dictionary(
            AnalysedCluster(assembly).workloads.map { ($1, $0) }
        ) { first, _ in first }
        let workloads = assembly.workloads.filter { workload in
            guard !workload.value.usesHostNetwork, let id = representatives[workload.value.id]
            else { return false }
            return !governed.contains(id)
        }.map {
            let id = $0.value.id
            return ungoverned("\(id.kind.rawValue) \(id.namespace)/\(id.name)", at: $0.origin)
        }
        return pods + workloads
    }

    private func ungoverned(_ object: String, at origin: Origin) -> Finding {
        Finding(
            .ungovernedPod, at: origin, object: object,
            message: "no policy selects it, so that everybody may reach it",
            remedy: "give its namespace a policy that denies by default")
    }
}
