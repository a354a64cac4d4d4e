// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

extension SmallWorld {
    /// What the explainer says about a packet; each side is a pod, or an address.
    func explanation(
        _ source: String, _ destination: String, _ transport: IPProtocol = .tcp,
        _ port: UInt16? = 80, type: UInt8? = nil, family: AddressFamily = .ipv4
    ) -> Explanation {
        func address(_ text: String) -> IPAddress {
            IPAddress(text) ?? self[text].addresses.first { $0.family == family }!
        }
        return Explainer(state, localNode: "alpha").explain(
            PacketDescription(
                source: address(source), destination: address(destination), transport: transport,
                destinationPort: port, icmpType: type))
    }
}

extension DirectionExplanation {
    /// The rules that were asked, in order.
    var rules: [RuleExplanation] { tiers.flatMap(\.policies).flatMap(\.rules) }

    /// The outcomes of the first rule's peers; nil where it names none.
    var peers: [PeerExplanation.Outcome]? {
        guard case .only(let peers)? = rules.first?.peers else { return nil }
        return peers.map(\.outcome)
    }

    /// The outcomes of the first rule's ports; nil where it names none.
    var ports: [PortExplanation.Outcome]? {
        guard case .only(let ports)? = rules.first?.ports else { return nil }
        return ports.map(\.outcome)
    }
}

/// The id of a pod, written as `namespace/name`.
func id(_ text: String) -> EndpointID {
    let parts = text.split(separator: "/").map(String.init)
    return EndpointID(namespace: parts[0], name: parts[1])
}
