// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Whether pods whose egress is governed can still look names up.
extension LintedCluster {
    /// Policies that leave pods with egress rules but without DNS, each once.
    var resolverFindings: [Finding] {
        var known: Set<EndpointID> = []
        return policies.compactMap { policy in
            guard policy.isKubernetes, policy.policy.egress?.isEmpty == false else { return nil }
            let pods = matches(policy.policy.subject).filter { !$0.usesHostNetwork }
            guard hasPods else {
                return isServed(by: policiesCovering(policy.policy.subject))
                    ? nil : finding(policy, of: nil)
            }
            // Several policies of the same pods need only one finding.
            let unserved = pods.filter { !known.contains($0.id) && !isServed(by: governing($0)) }
            known.formUnion(unserved.map(\.id))
            return unserved.first.map { finding(policy, of: $0.id) }
        }
    }

    private func finding(_ policy: LintedPolicy, of pod: EndpointID?) -> Finding {
        policy.finding(
            .egressWithoutDNS, at: "spec.egress",
            "leaves \(pod.map { "\($0)" } ?? "its pods") without DNS: no policy allows udp/53 "
                + "to anything that looks like a resolver",
            remedy: "allow udp/53 and tcp/53 to the cluster's DNS, for example to: "
                + "[{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]")
    }

    private func governing(_ pod: Endpoint) -> [Policy] {
        policies.map(\.policy).filter { targets.matches($0.subject, pod) }
    }

    /// The policies that govern every pod of these, whatever pods there are.
    private func policiesCovering(_ subject: EndpointSelector) -> [Policy] {
        policies.map(\.policy).filter { other in
            let regions = Region.subjects(other.subject)[...]
            var budget = 10_000
            return Region.subjects(subject).allSatisfy {
                $0.isCovered(by: regions, budget: &budget)
            }
        }
    }

    private func isServed(by policies: [Policy]) -> Bool {
        policies.flatMap { $0.egress ?? [] }.contains {
            $0.action == .allow && reachesResolver($0)
        }
    }

    /// A rule that names the port serves whoever its peers are; one of every port serves if its peers
    /// look like resolvers.
    private func reachesResolver(_ rule: Rule) -> Bool {
        guard case .only(let ports) = rule.ports else { return includesResolver(rule.peers) }
        return ports.contains { port in
            switch port {
            case .every(let transport): transport == .udp && includesResolver(rule.peers)
            case .numbers(let transport, let range):
                transport == .udp && range.contains(53)
                    && (range.count < 1000 || includesResolver(rule.peers))
            case .named(let transport, let name):
                transport == .udp
                    && (name.contains("dns")
                        || endpoints.contains {
                            $0.namedPorts.contains(
                                NamedPort(name: name, transport: .udp, number: 53))
                        })
            case .icmp: false
            }
        }
    }

    private func includesResolver(_ peers: Peers) -> Bool {
        guard case .only(let peers) = peers else { return true }
        let resolvers = endpoints.filter(\.isResolver)
        return peers.contains { peer in
            switch peer {
            case .network(let block, _):
                block.prefixLength == 0
                    || resolvers.contains { $0.addresses.contains(where: block.contains) }
            case .endpoints(let selector):
                resolvers.isEmpty
                    ? selector.looksLikeResolver
                    : matches(selector).contains { $0.isResolver }
            case .addresses, .nodes, .service: true
            }
        }
    }
}

extension Endpoint {
    /// By the label that Kubernetes' own DNS has, or by its port.
    fileprivate var isResolver: Bool {
        ["kube-dns", "coredns", "node-local-dns"].contains(labels["k8s-app"] ?? "")
            || namedPorts.contains { $0.transport == .udp && $0.number == 53 }
    }
}

extension EndpointSelector {
    /// What can be said without knowing the pods: it means everything, or where DNS usually runs.
    fileprivate var looksLikeResolver: Bool {
        switch namespaces {
        case .any: labels == .everything || labels.keys.contains("k8s-app")
        case .named(let name): name == "kube-system"
        case .labelled(let selector):
            selector.matches(Namespace(name: "kube-system").effectiveLabels)
        }
    }
}
