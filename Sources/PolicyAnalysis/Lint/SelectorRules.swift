// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyVerification

/// Selectors of Calico's and the cluster-wide APIs that match nothing.
extension LintedPolicy {
    /// Whom the policy selects, and whom its rules mean.
    func selectorFindings(in cluster: LintedCluster) -> [Finding] {
        guard cluster.hasPods else { return [] }
        var findings: [Finding] = []
        if cluster.knowsLabels(policy.subject), !cluster.matchesEndpoint(policy.subject),
            policy.hostTraffic != .untracked,
            policy.hostTraffic != .beforeTranslation
        {
            findings.append(
                finding(
                    .selectsNothing, at: existing(["spec.selector", "spec.subject", "spec"]),
                    "selects nothing: there is nothing like \(Peer.endpoints(policy.subject).wording)",
                    remedy: "compare with the labels of the endpoints that are meant"))
        }
        for (direction, path, rule) in rules {
            let sides: [(field: String, peers: Peers)] =
                direction == .ingress
                ? [("source", rule.peers), ("destination", rule.conditions.own)]
                : [("destination", rule.peers), ("source", rule.conditions.own)]
            for side in sides {
                for (index, peer) in side.peers.list.enumerated() {
                    let list = direction == .ingress ? "from" : "to"
                    let places = ["\(path).\(side.field)", "\(path).\(list)[\(index)]", path]
                    findings += unmatched(peer, places, in: cluster)
                }
            }
        }
        return findings
    }

    private func unmatched(
        _ peer: Peer, _ places: [String], in cluster: LintedCluster
    ) -> [Finding] {
        switch peer {
        case .endpoints(let selector):
            return unmatched(selector, "selector", places, in: cluster)
        case .addresses(let match):
            return (match.selector.map { unmatched($0, "selector", places, in: cluster) } ?? [])
                + (match.notSelector.map { unmatched($0, "notSelector", places, in: cluster) }
                    ?? [])
        case .service(let id):
            let slices = cluster.state.serviceSlices
            guard !slices.isEmpty, !slices.contains(where: { $0.serviceID == id })
            else { return [] }
            return [
                finding(
                    .peerMatchesNothing, at: existing(places),
                    "nothing is known of service \(id), so that it matches nothing",
                    remedy: "add its EndpointSlices to the input, or correct the name")
            ]
        case .nodes(let selector):
            guard !cluster.state.nodes.isEmpty,
                !cluster.state.nodes.contains(where: { selector.matches($0.labels) })
            else { return [] }
            return [
                finding(
                    .peerMatchesNothing, at: existing(places), "matches no node: \(selector)",
                    remedy: "compare with the labels of the nodes that are meant")
            ]
        case .network: return []
        }
    }

    private func unmatched(
        _ selector: EndpointSelector, _ field: String, _ places: [String],
        in cluster: LintedCluster
    ) -> [Finding] {
        guard cluster.knowsLabels(selector), !cluster.matchesEndpoint(selector),
            !cluster.matchesNetworkSet(selector)
        else { return [] }
        let effect = field == "selector" ? "matches nothing" : "takes nothing out"
        return [
            finding(
                .peerMatchesNothing, at: existing(places.map { "\($0).\(field)" } + places),
                "\(effect): there is nothing like \(Peer.endpoints(selector).wording), and no such "
                    + "network set",
                remedy: "compare with the labels of what is meant")
        ]
    }
}

extension LintedCluster {
    fileprivate func matchesEndpoint(_ selector: EndpointSelector) -> Bool {
        endpoints.contains { !$0.usesHostNetwork && targets.matches(selector, $0) }
    }

    fileprivate func matchesNetworkSet(_ selector: EndpointSelector) -> Bool {
        state.networkSets.contains { selector.matches(targets.target($0)) }
    }
}
