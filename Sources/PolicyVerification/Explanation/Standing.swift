// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What an address is to the node that judges a packet.
public enum Standing: Hashable, Sendable {
    /// An endpoint of this node: policies that select it govern it here.
    case local(EndpointID)
    /// An endpoint of another node, or of none yet; it can be a peer here, and no more.
    case elsewhere(EndpointID, node: String?)
    /// A node's own address, which is no endpoint's (S22, S48).
    case node(String)
    /// The address of a pod on its node's network, which is neither subject nor peer (S14).
    case hostNetwork(EndpointID)
    /// An address that only a pod that has finished claims: nobody's any more (S19).
    case finished(EndpointID)
    /// No pod's and no node's address.
    case outside

    /// The policed endpoint that owns the address; nil if none does.
    public var endpoint: EndpointID? {
        switch self {
        case .local(let id), .elsewhere(let id, _): id
        case .node, .hostNetwork, .finished, .outside: nil
        }
    }
}

extension Standing: CustomStringConvertible {
    /// `a pod of this node`, `an address outside the cluster`.
    public var description: String {
        switch self {
        case .local(let id) where id.kind == .host:
            "\(id) is a host endpoint of this node, and what its own policies say is not told here"
        case .elsewhere(let id, let node?) where id.kind == .host:
            "\(id) is a host endpoint of node \(node)"
        case .local(let id): "\(id) is a pod of this node"
        case .elsewhere(let id, let node?): "\(id) is a pod of node \(node)"
        case .elsewhere(let id, nil): "\(id) is a pod that is on no node yet"
        case .node(let name): "it is an address of node \(name), and no pod's"
        case .hostNetwork(let id):
            "\(id) uses its node's network, so policies neither govern it nor mean it as a peer"
        case .finished(let id):
            "\(id) has finished, so policies neither govern it nor mean it as a peer"
        case .outside: "it is an address outside the cluster, no pod's and no node's"
        }
    }
}

extension ReferenceEvaluator {
    /// What an address is to the node.
    func standing(of address: IPAddress) -> Standing {
        if let owner = owner(of: address) {
            return owner.node == localNode
                ? .local(owner.id) : .elsewhere(owner.id, node: owner.node)
        }
        let claimants = state.endpoints.filter { $0.addresses.contains(address) }
            .sorted { $0.id < $1.id }
        if let pod = claimants.first(where: { $0.usesHostNetwork && !$0.isFinished }) {
            return .hostNetwork(pod.id)
        }
        if let node = state.nodes.first(where: { $0.addresses.contains(address) }) {
            return .node(node.name)
        }
        return claimants.first.map { .finished($0.id) } ?? .outside
    }
}
