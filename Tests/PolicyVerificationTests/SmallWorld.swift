// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification

/// A small world written by hand, to which each test adds the policies that it is about.
///
/// The pods `shop/web`, `shop/front`, `shop/db`, `pay/web` and `lab/probe` run on the local node,
/// `alpha`; `pay/front` runs on `beta`. The namespace `lab` has no object. Every pod's label `app`
/// is its name, and every pod has an address of each family.
struct SmallWorld {
    var state = ClusterState(
        namespaces: [
            Namespace(name: "shop", labels: ["team": "red"]),
            Namespace(name: "pay", labels: ["team": "blue"]),
        ],
        nodes: [
            Node(name: "alpha", addresses: ["192.168.0.10", "172.16.0.10", "fd00:c0::10"].parsed),
            Node(name: "beta", addresses: ["192.168.0.11", "fd00:c0::11"].parsed),
        ],
        endpoints: [
            pod("shop/web", ["10.0.0.1", "fd00::1"], ports: [("http", .tcp, 8080)]),
            pod("shop/front", ["10.0.0.2", "fd00::2"]),
            pod("shop/db", ["10.0.0.3", "fd00::3"], ports: [("http", .tcp, 80)]),
            pod("pay/web", ["10.0.0.4", "fd00::4"]),
            pod("pay/front", ["10.0.1.5", "fd00::1:5"], node: "beta"),
            pod("lab/probe", ["10.0.0.6", "fd00::6"]),
        ])

    init(_ policies: Policy...) { state.policies = policies }

    /// A pod whose label `app` is its name, written as `namespace/name`.
    static func pod(
        _ id: String, _ addresses: [String], node: String? = "alpha",
        ports: [(name: String, transport: IPProtocol, number: UInt16)] = [], created: Int64 = 1
    ) -> Endpoint {
        let parts = id.split(separator: "/").map(String.init)
        return Endpoint(
            id: EndpointID(namespace: parts[0], name: parts[1]), labels: ["app": parts[1]],
            node: node, addresses: addresses.parsed,
            namedPorts: ports.map {
                NamedPort(name: $0.name, transport: $0.transport, number: $0.number)
            }, created: created)
    }

    /// The pod written as `namespace/name`, to be changed.
    subscript(_ id: String) -> Endpoint {
        get { state.endpoints.first { $0.id.description == id }! }
        set {
            let index = state.endpoints.firstIndex { $0.id.description == id }!
            state.endpoints[index] = newValue
        }
    }

    /// What the judge says about a packet. Each side is a pod, whose address of the given family
    /// is meant, or an address.
    func verdict(
        _ source: String, _ destination: String, _ transport: IPProtocol = .tcp,
        _ port: UInt16? = 80, type: UInt8? = nil, family: AddressFamily = .ipv4,
        on node: String = "alpha"
    ) -> Decision {
        ReferenceEvaluator(state, localNode: node).verdict(
            PacketDescription(
                source: address(source, family), destination: address(destination, family),
                transport: transport, destinationPort: port, icmpType: type))
    }

    /// Whether the judge allows the packet.
    func allows(
        _ source: String, _ destination: String, _ transport: IPProtocol = .tcp,
        _ port: UInt16? = 80, type: UInt8? = nil, family: AddressFamily = .ipv4,
        on node: String = "alpha"
    ) -> Bool {
        verdict(source, destination, transport, port, type: type, family: family, on: node)
            .isAllowed
    }

    private func address(_ text: String, _ family: AddressFamily) -> IPAddress {
        IPAddress(text) ?? self[text].addresses.first { $0.family == family }!
    }
}

extension [String] {
    /// The addresses that the texts denote.
    fileprivate var parsed: [IPAddress] { map { IPAddress($0)! } }
}

extension IPProtocol {
    static let esp = IPProtocol(rawValue: 50)
}
