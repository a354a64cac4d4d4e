// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A state as one `kind: List` in JSON, as `kubectl get -o json` prints it; for the states of
/// ``LargeCluster``.
public struct JSONManifests {
    public let text: String

    public init(_ state: ClusterState) {
        var items: [String] = []
        for namespace in state.namespaces {
            items.append(
                #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"\#(namespace.name)","labels":\#(Self.object(namespace.labels))}}"#
            )
        }
        for node in state.nodes {
            let addresses = node.addresses.map { #"{"type":"InternalIP","address":"\#($0)"}"# }
            items.append(
                #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"\#(node.name)"},"status":{"addresses":[\#(addresses.joined(separator: ","))]}}"#
            )
        }
        items += state.endpoints.map(Self.pod)
        items += state.policies.map(Self.policy)
        text =
            #"{"apiVersion":"v1","kind":"List","items":["# + items.joined(separator: ",\n") + "]}\n"
    }

    /// A pod as one JSON object.
    public static func object(_ endpoint: Endpoint) -> String { pod(endpoint) }

    /// A NetworkPolicy as one JSON object.
    public static func object(_ networkPolicy: Policy) -> String { policy(networkPolicy) }

    private static func object(_ labels: [String: String]) -> String {
        let members = labels.sorted { $0.key < $1.key }.map { #""\#($0.key)":"\#($0.value)""# }
        return "{\(members.joined(separator: ","))}"
    }

    private static func pod(_ pod: Endpoint) -> String {
        let ports = pod.namedPorts.map {
            #"{"name":"\#($0.name)","containerPort":\#($0.number),"protocol":"\#($0.transport.description.uppercased())"}"#
        }
        let addresses = pod.addresses.map { #"{"ip":"\#($0)"}"# }
        return
            #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"\#(pod.id.name)","namespace":"\#(pod.id.namespace)","labels":\#(object(pod.labels)),"creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"nodeName":"\#(pod.node ?? "")","containers":[{"name":"main","ports":[\#(ports.joined(separator: ","))]}]},"status":{"phase":"Running","podIPs":[\#(addresses.joined(separator: ","))]}}"#
    }

    private static func policy(_ policy: Policy) -> String {
        var types: [String] = []
        var rules = ""
        for (direction, type, side) in [
            (Direction.ingress, "Ingress", "from"), (.egress, "Egress", "to"),
        ] {
            guard let list = policy.rules(direction) else { continue }
            types.append(#""\#(type)""#)
            let texts = list.map { rule(of: $0, side: side) }
            rules += #","\#(direction.rawValue)":[\#(texts.joined(separator: ","))]"#
        }
        return
            #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"\#(policy.id.name)","namespace":"\#(policy.id.namespace ?? "")"},"spec":{"podSelector":\#(selector(policy.subject.labels)),"policyTypes":[\#(types.joined(separator: ","))]\#(rules)}}"#
    }

    private static func rule(of rule: Rule, side: String) -> String {
        var members: [String] = []
        if case .only(let peers) = rule.peers {
            members.append(#""\#(side)":[\#(peers.map(peer).joined(separator: ","))]"#)
        }
        if case .only(let ports) = rule.ports {
            members.append(#""ports":[\#(ports.map(port).joined(separator: ","))]"#)
        }
        return "{\(members.joined(separator: ","))}"
    }

    private static func peer(_ peer: Peer) -> String {
        switch peer {
        case .network(let block, let excepted):
            let exceptions = excepted.map { #""\#($0)""# }.joined(separator: ",")
            return #"{"ipBlock":{"cidr":"\#(block)","except":[\#(exceptions)]}}"#
        case .endpoints(let endpoints):
            let pods = #""podSelector":\#(selector(endpoints.labels))"#
            guard case .labelled(let namespaces) = endpoints.namespaces else { return "{\(pods)}" }
            return #"{\#(pods),"namespaceSelector":\#(selector(namespaces))}"#
        case .addresses, .nodes, .service:
            preconditionFailure("no NetworkPolicy says \(peer)")
        }
    }

    /// The selectors of ``LargeCluster``: everything, or one label with one value.
    private static func selector(_ selector: Selector) -> String {
        guard case .isOneOf(let key, let values) = selector else { return "{}" }
        return #"{"matchLabels":{"\#(key)":"\#(values[0])"}}"#
    }

    private static func port(_ port: PortMatch) -> String {
        switch port {
        case .every(let transport):
            #"{"protocol":"\#(transport.description.uppercased())"}"#
        case .numbers(let transport, let range):
            #"{"protocol":"\#(transport.description.uppercased())","port":\#(range.lowerBound)}"#
        case .named(let transport, let name):
            #"{"protocol":"\#(transport.description.uppercased())","port":"\#(name)"}"#
        case .icmp: preconditionFailure("no NetworkPolicy says \(port)")
        }
    }
}
