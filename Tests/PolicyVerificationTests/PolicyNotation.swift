// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A NetworkPolicy of the namespace `shop`, or of another one, for the pods that match.
func networkPolicy(
    _ name: String = "policy", in namespace: String = "shop", for labels: Selector = .everything,
    ingress: [Rule]? = nil, egress: [Rule]? = nil
) -> Policy {
    Policy(
        id: PolicyID(kind: "NetworkPolicy", namespace: namespace, name: name), order: 1000,
        subject: EndpointSelector(namespaces: .named(namespace), labels: labels),
        ingress: ingress, egress: egress)
}

/// A policy of a tier for every endpoint of the cluster.
func tierPolicy(
    _ name: String, tier: String, order: Double? = nil, ingress: [Rule]? = nil,
    egress: [Rule]? = nil
) -> Policy {
    Policy(
        id: PolicyID(kind: "GlobalNetworkPolicy", namespace: nil, name: name), tier: tier,
        order: order, subject: .everyEndpoint, ingress: ingress, egress: egress)
}

/// The label `app` has one of these values.
func app(_ values: String...) -> Selector { .isOneOf(key: "app", values: values) }

extension Rule {
    static func allow(_ peers: Peer..., ports: Ports = .all) -> Rule {
        Rule(.allow, peers: .only(peers), ports: ports)
    }

    static func allowAnyone(_ ports: PortMatch...) -> Rule {
        Rule(.allow, ports: ports.isEmpty ? .all : .only(ports))
    }
}

extension Peer {
    static func pods(_ namespaces: NamespaceScope, _ labels: Selector = .everything) -> Peer {
        .endpoints(EndpointSelector(namespaces: namespaces, labels: labels))
    }

    static func block(_ block: String, except exceptions: String...) -> Peer {
        .network(CIDR(block)!, except: exceptions.map { CIDR($0)! })
    }
}

extension NamespaceScope {
    /// The namespaces whose label `team` has this value.
    static func team(_ value: String) -> NamespaceScope {
        .labelled(.isOneOf(key: "team", values: [value]))
    }
}
