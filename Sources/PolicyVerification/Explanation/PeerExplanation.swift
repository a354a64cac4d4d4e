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
        /// The block contains the address, and no exception does.
        case inBlock
        /// A selector means endpoints only, and the address is none's.
        case noEndpoint(Standing)
        /// The selector does not match the endpoint that owns the address.
        case notSelected(SelectionGap)
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
    public var isMatch: Bool {
        switch outcome {
        case .selected, .inBlock: true
        case .noEndpoint, .notSelected, .otherFamily, .outsideBlock, .excepted: false
        }
    }
}
