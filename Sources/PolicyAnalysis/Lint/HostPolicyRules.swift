// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What can be wrong with policies of the APIs whose rules allow, deny and pass in an order.
extension LintedPolicy {
    /// Policies of which packets of host endpoints alone could take notice, where there is none.
    func hostFindings(in cluster: LintedCluster) -> [Finding] {
        let field: String
        switch policy.hostTraffic {
        case .local, .forwardedToo: return []
        case .beforeTranslation: field = "preDNAT"
        case .untracked: field = "doNotTrack"
        }
        let hosts = cluster.state.endpoints.filter { $0.id.kind == .host }
        // Policies alone do not tell which host endpoints there are.
        guard cluster.hasPods || !hosts.isEmpty,
            !hosts.contains(where: { cluster.targets.matches(policy.subject, $0) })
        else { return [] }
        return [
            finding(
                .selectsNoHost, at: existing(["spec.\(field)", "spec"]),
                "selects no host endpoint, and with \(field) it has no effect on anything else",
                remedy: "correct the selector, or remove \(field)")
        ]
    }

    /// The first of these fields that the manifest has; the last one if it has none of them.
    func existing(_ paths: [String]) -> String {
        paths.first(where: layout.contains) ?? paths.last ?? "spec"
    }
}
