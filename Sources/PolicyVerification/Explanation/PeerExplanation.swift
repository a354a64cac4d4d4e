// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Whether a rule means the other side of a packet.
public enum PeersExplanation: Hashable, Sendable {
    /// The rule names no peers, so it means everybody (S6).
    case anyone
    /// The rule's peers, in order; no peers mean nobody (S9).
    case only([PeerExplanation])

    /// Whether the rule means the address.
    public var isMatch: Bool {
        switch self {
        case .anyone: true
        case .only(let peers): peers.contains(where: \.isMatch)
        }
    }
}

/// Whether one peer of a rule stands for an address, and why or why not.
public struct PeerExplanation: Hashable, Sendable {
    /// Why a peer stands for an address or does not.
    public enum Outcome: Hashable, Sendable {
        /// The selector matches the endpoint that owns the address.
        case selected(EndpointID)
        /// The selector matches a network set that holds the address.
        case inNetworkSet(NetworkSetID)
        /// The block contains the address, and no exception does.
        case inBlock
        /// The address is this node's, which is meant.
        case ofNode(String)
        /// The address is one of those behind the Service and, as a destination, has the port.
        case behindService
        /// A selector means endpoints only, and the address is none's.
        case noEndpoint(Standing)
        /// The selector does not match the endpoint that owns the address.
        case notSelected(SelectionGap)
        /// The address is in these network sets, and no endpoint's; the selector matches none of them.
        case setsNotSelected([NetworkSetID])
        /// The address is no node's.
        case noNode
        /// The labels of the node that has the address do not fit.
        case nodeNotSelected(String, [UnmetCondition])
        /// The Service is not known, so that it stands for nobody.
        case unknownService
        /// The address is not among those behind the Service.
        case notBehindService
        /// The address is behind the Service, which has other ports there.
        case otherServicePort([ServicePort])
        /// Several conditions at once: what each of them says, in order.
        case conditions([AddressCondition])
        /// The block is of the other family (S17).
        case otherFamily
        /// The block does not contain the address.
        case outsideBlock
        /// The block contains the address, but so does this exception (S16).
        case excepted(CIDR)
    }

    /// The peer as the model has it.
    public var peer: Peer
    /// Why it stands for the address or does not.
    public var outcome: Outcome

    /// Whether the peer stands for the address.
    public var isMatch: Bool { outcome.isMatch }
}

extension PeerExplanation.Outcome {
    /// Whether the address is meant.
    public var isMatch: Bool {
        switch self {
        case .conditions(let conditions): conditions.allSatisfy(\.holds)
        case .selected, .inNetworkSet, .inBlock, .ofNode, .behindService: true
        case .noEndpoint, .notSelected, .setsNotSelected, .noNode, .nodeNotSelected,
            .unknownService, .notBehindService, .otherServicePort, .otherFamily, .outsideBlock,
            .excepted:
            false
        }
    }
}
