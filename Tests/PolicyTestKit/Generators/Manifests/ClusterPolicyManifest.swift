// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Cluster-wide policies (network-policy-api, versions `v1alpha2` and `v1alpha1`).
extension ManifestSpelling {
    mutating func clusterPolicy(_ policy: Policy) -> ManifestValue {
        let isNew = policy.id.kind == "ClusterNetworkPolicy"
        let isBaseline = policy.tier == Tier.baseline.name
        let version = isNew ? "v1alpha2" : "v1alpha1"
        return [
            "apiVersion": .text("policy.networking.k8s.io/\(version)"),
            "kind": .text(policy.id.kind),
            "metadata": metadata(name: policy.id.name),
            "spec": [
                "tier": isNew ? isBaseline ? "Baseline" : "Admin" : nil,
                "priority": policy.order.map { .word("\(Int($0))") },
                "subject": pods(policy.subject),
                "ingress": rules(policy.ingress, "from", isNew: isNew),
                "egress": rules(policy.egress, "to", isNew: isNew),
            ],
        ]
    }

    private mutating func rules(
        _ rules: [Rule]?, _ peersName: String, isNew: Bool
    ) -> ManifestValue? {
        guard let rules else { return random.chance(20) ? .list([]) : nil }
        return .list(
            rules.map { rule -> ManifestValue in
                let allow: ManifestValue = isNew ? "Accept" : "Allow"
                return [
                    "name": rule.name.map(ManifestValue.text),
                    "action": rule.action == .allow
                        ? allow : rule.action == .deny ? "Deny" : "Pass",
                    peersName: .list(peers(rule.peers)),
                    isNew ? "protocols" : "ports": ports(rule.ports, isNew: isNew),
                ]
            })
    }

    /// Pods by namespace, or by namespace and label.
    private mutating func pods(_ selector: EndpointSelector) -> ManifestValue {
        var namespaces = Selector.everything
        if case .labelled(let labels) = selector.namespaces { namespaces = labels }
        if selector.labels == .everything, random.chance(60) {
            return ["namespaces": labelSelector(namespaces)]
        }
        return [
            "pods": [
                "namespaceSelector": labelSelector(namespaces),
                "podSelector": labelSelector(selector.labels),
            ]
        ]
    }

    /// One entry for each peer; blocks that follow each other may share one.
    private mutating func peers(_ peers: Peers) -> [ManifestValue] {
        guard case .only(let list) = peers, !list.isEmpty else {
            preconditionFailure("a rule has at least one peer (S57)")
        }
        var entries: [ManifestValue] = []
        var blocks: [String] = []
        for peer in list {
            if case .network(let block, []) = peer, !blocks.contains(block.description),
                blocks.isEmpty || random.chance(50)
            {
                blocks.append(block.description)
                continue
            }
            if !blocks.isEmpty { entries.append(["networks": .texts(blocks)]) }
            blocks = []
            switch peer {
            case .endpoints(let selector): entries.append(pods(selector))
            case .nodes(let labels): entries.append(["nodes": labelSelector(labels)])
            case .network(let block, []): blocks = [block.description]
            default: preconditionFailure("no cluster-wide policy says \(peer)")
            }
        }
        if !blocks.isEmpty { entries.append(["networks": .texts(blocks)]) }
        return entries
    }

    /// A name means the ports of every protocol that a pod names so.
    private mutating func ports(_ ports: Ports, isNew: Bool) -> ManifestValue? {
        guard case .only(let matches) = ports else { return nil }
        var entries: [ManifestValue] = []
        for match in matches {
            switch match {
            case .numbers(let transport, let range):
                entries.append(
                    isNew ? numbered(transport, range) : adminPort(transport, range))
            case .named(.tcp, let name):
                let field = isNew ? "destinationNamedPort" : "namedPort"
                entries.append(.object([(field, .text(name))]))
            case .named: break
            case .every, .icmp: preconditionFailure("no cluster-wide policy says \(match)")
            }
        }
        return .list(entries)
    }

    private func numbered(
        _ transport: IPProtocol, _ range: ClosedRange<UInt16>
    ) -> ManifestValue {
        let name = transport.description.lowercased()
        let port: ManifestValue = [
            "number": range.count == 1 ? .word("\(range.lowerBound)") : nil,
            "range": range.count > 1 ? ends(range) : nil,
        ]
        let fields: ManifestValue = ["destinationPort": port]
        return .object([(name, fields)])
    }

    private mutating func adminPort(
        _ transport: IPProtocol, _ range: ClosedRange<UInt16>
    ) -> ManifestValue {
        if range.count > 1 {
            return [
                "portRange": [
                    "start": .word("\(range.lowerBound)"), "end": .word("\(range.upperBound)"),
                    "protocol": self.transport(transport),
                ]
            ]
        }
        return [
            "portNumber": [
                "port": .word("\(range.lowerBound)"),
                "protocol": .text(transport.description.uppercased()),
            ]
        ]
    }

    private func ends(_ range: ClosedRange<UInt16>) -> ManifestValue {
        ["start": .word("\(range.lowerBound)"), "end": .word("\(range.upperBound)")]
    }
}
