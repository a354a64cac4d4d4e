// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// One end of a connection as the cluster knows it.
public struct ResolvedParty: Hashable, Sendable {
    /// The endpoint that is meant, or owns the address that is meant; nil for an address that is
    /// no endpoint's.
    public var endpoint: Endpoint?
    /// The addresses that a packet of this party may bear: at most one of each family of a pod, or
    /// the one address that was named.
    public var addresses: [IPAddress]
    /// The node that forwards the party's packets; nil outside the cluster.
    public var node: String?
    /// What a person should know about the party.
    public var notes: [String]

    /// The endpoint's namespace and name, or the address.
    public var name: String { endpoint?.id.description ?? addresses.first?.description ?? "" }

    /// The party's address of a family; nil if it has none.
    public func address(_ family: AddressFamily) -> IPAddress? {
        addresses.first { $0.family == family }
    }
}

extension TrafficParty {
    /// Finds whom the text means.
    ///
    /// - Parameters:
    ///   - state: the whole cluster.
    ///   - defaultNamespace: where a name without a namespace is looked up.
    /// - Throws: ``TrafficError`` if there is no such endpoint (with names that are like it), if
    ///   two could be meant, or if the endpoint has no address.
    public func resolve(
        in state: ClusterState, defaultNamespace: String
    ) throws(TrafficError) -> ResolvedParty {
        let evaluator = ReferenceEvaluator(state, localNode: "")
        if case .address(let address) = self {
            return resolve(address, evaluator)
        }
        let readings = readings(defaultNamespace: defaultNamespace)
        let found = state.endpoints.filter { readings.contains($0.id) }
        guard let endpoint = found.first else {
            throw .noEndpoint(readings[0], in: state)
        }
        if found.count > 1 {
            throw TrafficError(
                """
                \(self) may mean \(found.map(\.id.description).joined(separator: " or ")); write \
                NAMESPACE/KIND/NAME
                """)
        }
        guard !endpoint.addresses.isEmpty else {
            throw TrafficError(
                """
                \(endpoint.id) has no address yet: no packet can come from or go to it, and no \
                policy sees it before it has one
                """)
        }
        return resolve(endpoint, evaluator)
    }

    /// An endpoint with the addresses that are its own. Where all are another's, that one is meant:
    /// it is whom packets from and to them are judged for (S19, S20).
    private func resolve(_ endpoint: Endpoint, _ evaluator: ReferenceEvaluator) -> ResolvedParty {
        let rivals = endpoint.addresses.compactMap { address in
            evaluator.owner(of: address).flatMap { owner in
                owner.id == endpoint.id ? nil : (address: address, owner: owner)
            }
        }
        let own = endpoint.addresses.filter { address in
            !rivals.contains { $0.address == address }
        }
        let meant = own.isEmpty ? rivals[0].owner : endpoint
        let addresses =
            own.isEmpty ? rivals.filter { $0.owner.id == meant.id }.map(\.address) : own
        return ResolvedParty(
            endpoint: meant, addresses: addresses, node: meant.node,
            notes: rivals.map { rival in
                "\(rival.address) of \(endpoint.id) counts as \(rival.owner.id)'s, "
                    + endpoint.reasonToYield
            })
    }

    private func resolve(_ address: IPAddress, _ evaluator: ReferenceEvaluator) -> ResolvedParty {
        let owner = evaluator.owner(of: address)
        var node = owner?.node
        if owner == nil {
            node = evaluator.state.nodes.first { $0.addresses.contains(address) }?.name
        }
        return ResolvedParty(
            endpoint: owner, addresses: [address], node: node,
            notes: owner.map { ["\(address) belongs to \($0.id)"] } ?? [])
    }
}

extension Endpoint {
    /// Why another endpoint owns an address that this one has.
    fileprivate var reasonToYield: String {
        if isFinished { return "because \(id) has finished" }
        return usesHostNetwork
            ? "because \(id) uses its node's network" : "which is newer, or first by name"
    }
}

extension TrafficError {
    /// No endpoint has the name; those with names like it are suggested.
    fileprivate static func noEndpoint(
        _ wanted: EndpointID, in state: ClusterState
    ) -> TrafficError {
        let similar = NearMisses(wanted).among(state.endpoints.map(\.id))
        if similar.isEmpty, wanted.name == "world" {
            return TrafficError(
                "world is many addresses, and a connection has one; write which, such as 203.0.113.1"
            )
        }
        let suggestion =
            similar.isEmpty
            ? "none of its \(state.endpoints.count) pods has a name like it"
            : "did you mean \(similar.map(\.description).joined(separator: ", "))?"
        return TrafficError("the input has no pod or workload \(wanted); \(suggestion)")
    }
}
