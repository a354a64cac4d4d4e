// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Kubernetes' own NetworkPolicies, enforced and staged.
extension ManifestSpelling {
    mutating func networkPolicy(_ policy: Policy) -> ManifestValue {
        [
            "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
            "metadata": metadata(namespace: policy.id.namespace, name: policy.id.name),
            "spec": kubernetesSpec(policy),
        ]
    }

    mutating func stagedKubernetesPolicy(_ policy: Policy) -> ManifestValue {
        calico(
            "StagedKubernetesNetworkPolicy", namespace: policy.id.namespace,
            name: policy.id.name, spec: kubernetesSpec(policy, stagedAction: "Set"))
    }

    private mutating func kubernetesSpec(
        _ policy: Policy, stagedAction: ManifestValue? = nil
    ) -> ManifestValue {
        [
            "podSelector": labelSelector(policy.subject.labels), "policyTypes": policyTypes(policy),
            "ingress": allowances(policy, .ingress), "egress": allowances(policy, .egress),
            "stagedAction": stagedAction,
        ]
    }

    /// Left out where the default says the same (S3).
    private mutating func policyTypes(_ policy: Policy) -> ManifestValue? {
        if policy.ingress != nil, policy.egress?.isEmpty != true, random.chance(50) { return nil }
        return .list(
            (policy.ingress == nil ? [] : ["Ingress"]) + (policy.egress == nil ? [] : ["Egress"]))
    }

    private mutating func allowances(_ policy: Policy, _ direction: Direction) -> ManifestValue? {
        guard let rules = policy.rules(direction) else { return nil }
        if rules.isEmpty { return random.chance(50) ? .list([]) : nil }
        return .list(rules.map { allowance($0, direction, namespace: policy.id.namespace) })
    }

    private mutating func allowance(
        _ rule: Rule, _ direction: Direction, namespace: String?
    ) -> ManifestValue {
        var peers: ManifestValue?
        if case .only(let list) = rule.peers {
            precondition(!list.isEmpty, "an empty list of the API is everybody (S6)")
            peers = .list(list.map { kubernetesPeer($0, namespace: namespace) })
        }
        var ports: ManifestValue?
        if case .only(let list) = rule.ports { ports = .list(list.map { kubernetesPort($0) }) }
        return [direction == .ingress ? "from" : "to": peers, "ports": ports]
    }

    private mutating func kubernetesPeer(_ peer: Peer, namespace: String?) -> ManifestValue {
        switch peer {
        case .network(let block, let exceptions):
            let texts = exceptions.map(\.description)
            return [
                "ipBlock": [
                    "cidr": .text(block.description),
                    "except": .some(texts.map(ManifestValue.text)),
                ]
            ]
        case .endpoints(let pods):
            var scope: Selector?
            switch pods.namespaces {
            case .named: return ["podSelector": labelSelector(pods.labels)]
            case .any: scope = .everything
            case .labelled(let labels): scope = labels
            }
            let isEveryPod = pods.labels == .everything && random.chance(50)
            return [
                "namespaceSelector": scope.map { labelSelector($0) },
                "podSelector": isEveryPod ? nil : labelSelector(pods.labels),
            ]
        case .addresses, .nodes, .service:
            preconditionFailure("no NetworkPolicy says \(peer)")
        }
    }

    private mutating func kubernetesPort(_ port: PortMatch) -> ManifestValue {
        switch port {
        case .every(let transport):
            return ["protocol": .text(transport.description.uppercased())]
        case .numbers(let transport, let range):
            return [
                "endPort": range.count > 1 ? .word("\(range.upperBound)") : nil,
                "port": .word("\(range.lowerBound)"), "protocol": self.transport(transport),
            ]
        case .named(let transport, let name):
            return ["port": .text(name), "protocol": self.transport(transport)]
        case .icmp: preconditionFailure("no NetworkPolicy says \(port)")
        }
    }
}
