// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import PolicyVerification

extension Rule {
    /// What the rule matches, in words: `from pods app=front in namespace shop; http/tcp`.
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
        return "\(preposition) \(peers); \(ports)"
    }
}
