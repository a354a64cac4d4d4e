// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

extension LintedCluster {
    /// Staged deletions of policies that do not exist, so that enforcing them would change nothing.
    var stagedFindings: [Finding] {
        let known = Set(state.policies.map(\.id))
        return state.stagedPolicies.compactMap { staged in
            guard case .delete(let id) = staged.action, !known.contains(id) else { return nil }
            let name = LintedPolicy.name(staged.id)
            guard let layout = documents.layouts[name] else { return nil }
            let like = known.filter { $0.kind == id.kind && $0.namespace == id.namespace }
            let meant = NearMiss.of(id.name, among: like.map(\.name).sorted())
            let path = "spec.stagedAction"
            return Finding(
                .stagedDeleteOfNothing, at: layout.origin(of: path), object: name, field: path,
                message: "would delete \(LintedPolicy.name(id)), which does not exist",
                remedy: meant.map { "did you mean \($0)?" } ?? "remove the staged policy")
        }
    }
}
