// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Rule {
    /// What the rule matches, in words: `from pods app=front in namespace shop; http/tcp`.
    func words(_ direction: Direction) -> String {
        let preposition = direction == .ingress ? "from" : "to"
        let peers: String =
            switch self.peers {
            case .anyone: "anybody"
            case .only(let peers) where peers.isEmpty: "nobody"
            case .only(let peers): peers.map(\.words).joined(separator: " or ")
            }
        let ports: String =
            switch self.ports {
            case .all: "every port and protocol"
            case .only(let ports) where ports.isEmpty: "no port"
            case .only(let ports): ports.map(\.words).joined(separator: ", ")
            }
        return "\(preposition) \(peers); \(ports)"
    }
}

extension Peer {
    /// `pods app=front in namespace shop`, or `192.0.2.0/24 except 192.0.2.128/25`.
    fileprivate var words: String {
        switch self {
        case .endpoints(let selector):
            let pods = selector.labels == .everything ? "every pod" : "pods \(selector.labels)"
            switch selector.namespaces {
            case .any, .labelled(.everything): return "\(pods) of every namespace"
            case .named(let name): return "\(pods) in namespace \(name)"
            case .labelled(let labels): return "\(pods) in namespaces \(labels)"
            }
        case .network(let block, let exceptions):
            if exceptions.isEmpty { return "\(block)" }
            return "\(block) except \(exceptions.map(\.description).joined(separator: ", "))"
        }
    }
}

extension PortMatch {
    /// `every tcp`, `80/tcp`, `8000-8010/udp` or `http/tcp`.
    fileprivate var words: String {
        switch self {
        case .every(let transport): "every \(transport)"
        case .numbers(let transport, let range) where range.count == 1:
            "\(range.lowerBound)/\(transport)"
        case .numbers(let transport, let range):
            "\(range.lowerBound)-\(range.upperBound)/\(transport)"
        case .named(let transport, let name): "\(name)/\(transport)"
        }
    }
}
