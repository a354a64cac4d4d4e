// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// An object that stands for addresses, as a person names it.
///
/// ```
/// shop/networkset/partners       a NetworkSet; networkset/partners in the default namespace
/// globalnetworkset/partners      a GlobalNetworkSet
/// shop/service/db                the endpoints of a Service; service/db likewise
/// ```
public enum NamedAddresses: Hashable, Sendable {
    /// The blocks of a network set.
    case networkSet(NetworkSetID)
    /// The addresses of a Service's endpoints, ready or not.
    case service(ServiceID)

    /// Reads names that were written with slashes between them; nil if they name no such object.
    ///
    /// - Parameter defaultNamespace: of names without one; nil where there is none.
    public init?(_ names: [String], defaultNamespace: String?) {
        guard names.count == 2 || names.count == 3 else { return nil }
        let name = names[names.count - 1]
        let kind = names[names.count - 2].lowercased()
        if kind == "globalnetworkset" {
            guard names.count == 2 else { return nil }
            self = .networkSet(NetworkSetID(namespace: nil, name: name))
            return
        }
        guard let namespace = names.count == 3 ? names[0] : defaultNamespace else { return nil }
        switch kind {
        case "networkset": self = .networkSet(NetworkSetID(namespace: namespace, name: name))
        case "service", "svc": self = .service(ServiceID(namespace: namespace, name: name))
        default: return nil
        }
    }

    /// The blocks, those of single addresses too; nil if there is no such object.
    public func blocks(in state: ClusterState) -> [CIDR]? {
        switch self {
        case .networkSet(let id): return state.networkSets.first { $0.id == id }?.blocks
        case .service(let id):
            let slices = state.serviceSlices.filter { $0.serviceID == id }
            if slices.isEmpty { return nil }
            return Set(slices.flatMap(\.addresses)).sorted().map {
                CIDR($0, prefixLength: $0.family == .ipv4 ? 32 : 128)
            }
        }
    }

    /// What to do where there is no such object.
    public var remedy: String {
        switch self {
        case .networkSet: "add its manifest, or correct the name"
        case .service: "add its EndpointSlices, or correct the name"
        }
    }
}

extension NamedAddresses: CustomStringConvertible {
    /// `NetworkSet shop/partners`.
    public var description: String {
        switch self {
        case .networkSet(let id) where id.namespace == nil: "GlobalNetworkSet \(id)"
        case .networkSet(let id): "NetworkSet \(id)"
        case .service(let id): "Service \(id)"
        }
    }
}

extension NamedAddresses {
    /// The one address of a connection: a set's first, or that of the one endpoint.
    ///
    /// - Throws: ``TrafficError`` if there is no such object, or no such address.
    public func resolve(in state: ClusterState) throws(TrafficError) -> (IPAddress, note: String?) {
        guard let blocks = blocks(in: state) else {
            throw TrafficError("the input has no \(self); \(remedy)")
        }
        guard let first = blocks.first?.network else {
            throw TrafficError("\(self) has no address")
        }
        if blocks.count == 1, blocks[0].prefixLength == (first.family == .ipv4 ? 32 : 128) {
            return (first, nil)
        }
        switch self {
        case .networkSet:
            let size = blocks.count == 1 ? "\(blocks[0])" : "\(blocks.count) blocks"
            return (first, "\(self) has \(size); this is about its first address")
        case .service:
            throw TrafficError(
                "\(self) has \(blocks.count) endpoints, which need not be alike; name one, such as "
                    + "\(first)")
        }
    }
}
