// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Peer {
    /// The peer in words: `pods app=web in namespace shop`, `block 10.0.0.0/8 except 10.1.0.0/16`.
    public var wording: String {
        switch self {
        case .endpoints(let selector): return selector.wording
        case .network(let block, let exceptions) where exceptions.isEmpty: return "block \(block)"
        case .network(let block, let exceptions):
            return "block \(block) except "
                + exceptions.map(\.description).joined(separator: ", ")
        case .addresses(let match): return match.wording
        case .nodes(.everything): return "every node"
        case .nodes(let selector): return "nodes \(selector)"
        case .service(let id): return "service \(id)"
        }
    }
}

extension AddressMatch {
    /// The conditions in words, joined by `and`.
    var wording: String {
        var parts: [String] = []
        if let selector { parts.append(selector.wording) }
        if let notSelector { parts.append("not \(notSelector.wording)") }
        if let nets { parts.append("in \(nets.map(\.description).joined(separator: ", "))") }
        if !notNets.isEmpty {
            parts.append("not in \(notNets.map(\.description).joined(separator: ", "))")
        }
        return parts.isEmpty ? "anyone" : parts.joined(separator: " and ")
    }
}

extension EndpointSelector {
    /// `pods app=web in namespace shop`, `every pod in namespaces team=red`.
    var wording: String {
        let (all, some) =
            switch reach {
            case .pods: ("every pod", "pods")
            case .everything: ("every endpoint", "endpoints")
            case .hosts: ("every host endpoint", "host endpoints")
            }
        let plain = labels == .everything ? all : "\(some) \(labels)"
        let pods = serviceAccounts.map { "\(plain) run by accounts \($0)" } ?? plain
        return switch namespaces {
        case .any where reach != .pods: pods
        case .any: "\(pods) in any namespace"
        case .labelled(.has(Namespace.calicoNameLabel)): "\(pods) in any namespace"
        case .labelled(.not(.has(Namespace.calicoNameLabel))): "\(pods) in no namespace"
        case .named(let name): "\(pods) in namespace \(name)"
        case .labelled(.everything): "\(pods) in any namespace"
        case .labelled(let condition) where condition.namespaceName != nil:
            "\(pods) in namespace \(condition.namespaceName!)"
        case .labelled(let condition): "\(pods) in namespaces \(condition)"
        }
    }
}

extension Selector {
    /// The name, where the condition on a namespace is that it has this name.
    var namespaceName: String? {
        guard case .isOneOf(let key, let values) = self, values.count == 1,
            key == Namespace.nameLabel || key == Namespace.calicoNameLabel
        else { return nil }
        return values[0]
    }
}

extension PortMatch {
    /// The entry in words: `8080/tcp`, `8000-8080/tcp`, `http/tcp`, `every port of udp`.
    public var wording: String {
        switch self {
        case .every(let transport): "every port of \(transport.wording)"
        case .numbers(let transport, let range) where range.count == 1:
            "\(range.lowerBound)/\(transport)"
        case .numbers(let transport, let range):
            "\(range.lowerBound)-\(range.upperBound)/\(transport)"
        case .named(let transport, let name): "\(name)/\(transport)"
        case .icmp(let transport, let type, nil): "\(transport.wording) type \(type)"
        case .icmp(let transport, let type, let code?):
            "\(transport.wording) type \(type) code \(code)"
        }
    }
}

extension Action {
    /// The action as policies spell it, in lower case.
    public var wording: String {
        switch self {
        case .allow: "allow"
        case .deny: "deny"
        case .pass: "pass"
        case .log: "log"
        }
    }
}
