// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyVerification

extension Rule {
    /// What the rule matches, in words: `from pods app=front in namespace shop; http/tcp`. Behind it
    /// stands what else must hold: `; only IPv4; not icmp type 8; only from source port 53/udp`.
    func words(_ direction: Direction) -> String {
        let preposition = direction == .ingress ? "from" : "to"
        let peers: String =
            switch self.peers {
            case .anyone: "anybody"
            case .only(let peers) where peers.isEmpty: "nobody"
            case .only(let peers): peers.map(\.wording).joined(separator: " or ")
            }
        let ports: String =
            switch self.ports {
            case .all: "every port and protocol"
            case .only(let ports) where ports.isEmpty: "no port"
            case .only(let ports): ports.map(\.wording).joined(separator: ", ")
            }
        return (["\(preposition) \(peers)", ports] + conditions.words(direction))
            .joined(separator: "; ")
    }
}

extension RuleConditions {
    /// Each condition in words.
    fileprivate func words(_ direction: Direction) -> [String] {
        var words: [String] = []
        if let family { words.append("only \(family == .ipv4 ? "IPv4" : "IPv6")") }
        if case .only(let peers) = own {
            let whose = direction == .ingress ? "to" : "from"
            words.append("only \(whose) \(Self.list(peers.map(\.wording), " or ", none: "nobody"))")
        }
        if !exceptPorts.isEmpty { words.append("not \(Self.list(exceptPorts.map(\.wording)))") }
        if case .only(let ports) = sourcePorts {
            words.append("only from source port \(Self.list(ports.map(\.wording), none: "none"))")
        }
        if !exceptSourcePorts.isEmpty {
            words.append("not from source port \(Self.list(exceptSourcePorts.map(\.wording)))")
        }
        return words
    }

    private static func list(
        _ items: [String], _ separator: String = ", ", none: String = ""
    ) -> String {
        items.isEmpty ? none : items.joined(separator: separator)
    }
}
