// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension YAMLWriter {
    mutating func manifest(of policy: Policy) {
        precondition(policy.id.kind == "NetworkPolicy" && policy.tier == Tier.standard.name)
        document(apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy")
        block("metadata") {
            $0.entry("name", policy.id.name)
            $0.entry("namespace", policy.id.namespace ?? "default")
        }
        block("spec") {
            $0.selector("podSelector", policy.subject.labels)
            if let types = policy.policyTypes { $0.literal("policyTypes", types) }
            for direction in Direction.allCases {
                guard let rules = policy.rules(direction) else { continue }
                $0.list(direction.rawValue, rules) {
                    $0.rule($1, direction, namespace: policy.id.namespace)
                }
            }
        }
    }

    private mutating func rule(_ rule: Rule, _ direction: Direction, namespace: String?) {
        precondition(rule.action == .allow)
        // An empty list of the API is everybody, and every port; one of the model is nobody (S6).
        precondition(rule.peers != .only([]) && rule.ports != .only([]))
        if case .only(let peers) = rule.peers {
            list(direction == .ingress ? "from" : "to", peers) {
                $0.peer($1, namespace: namespace)
            }
        }
        if case .only(let ports) = rule.ports { list("ports", ports) { $0.port($1) } }
    }

    private mutating func peer(_ peer: Peer, namespace: String?) {
        switch peer {
        case .network(let block, let exceptions):
            self.block("ipBlock") {
                $0.entry("cidr", block.description)
                if !exceptions.isEmpty { $0.items("except", exceptions.map(\.description)) }
            }
        case .endpoints(let pods):
            switch pods.namespaces {
            case .named(let name):
                precondition(name == namespace, "a peer names another namespace only by label")
                return selector("podSelector", pods.labels)
            case .any: selector("namespaceSelector", .everything)
            case .labelled(let labels): selector("namespaceSelector", labels)
            }
            if pods.labels != .everything { selector("podSelector", pods.labels) }
        case .addresses, .nodes, .service:
            preconditionFailure("no NetworkPolicy says \(peer)")
        }
    }

    private mutating func port(_ port: PortMatch) {
        switch port {
        case .every(let transport):
            entry("protocol", transport.description.uppercased())
        case .numbers(let transport, let range):
            entry("protocol", transport.description.uppercased())
            literal("port", "\(range.lowerBound)")
            if range.count > 1 { literal("endPort", "\(range.upperBound)") }
        case .named(let transport, let name):
            entry("protocol", transport.description.uppercased())
            entry("port", name)
        case .icmp: preconditionFailure("no NetworkPolicy says \(port)")
        }
    }
}

extension Policy {
    /// The field's value; nil where it may be absent, because its default says the same (S3).
    fileprivate var policyTypes: String? {
        switch (ingress, egress) {
        case (nil, nil): preconditionFailure("\(id) governs nothing")
        case (nil, _?): "[Egress]"
        case (_?, nil): nil
        case (_?, let egress?): egress.isEmpty ? "[Ingress, Egress]" : nil
        }
    }
}
