// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import PolicyVerification

/// A random world built from namespaces: each address that a packet can come from or go to has a
/// host, and the local node is the lab's.
struct LabWorld {
    let state: ClusterState
    let lab: Lab

    /// The ports that are asked, served by everybody.
    static let ports: [ProbeProtocol: [UInt16]] = [
        .tcp: [53, 80, 443, 5353, 8080, 8081, 9100, 12345],
        .udp: [53, 80, 8443],
        .sctp: [80, 3868],
        .icmp: [0],
    ]

    init(seed: UInt64) throws {
        state = WorldGenerator(seed: seed, size: 12).world()
        var taken = Set(state.nodes.flatMap(\.addresses))
        var hosts: [LabHost] = []
        for (number, endpoint) in state.endpoints.enumerated() where !endpoint.usesHostNetwork {
            let free = endpoint.addresses.filter { taken.insert($0).inserted }
            if free.isEmpty { continue }
            hosts.append(LabHost(name: "pod-\(number)", addresses: free.map(\.description)))
        }
        let elsewhere = state.nodes.filter { $0.name != WorldGenerator.localNode }
            .flatMap(\.addresses).map(\.description)
        hosts.append(LabHost(name: "world", addresses: elsewhere + Self.outside))
        let own = state.nodes.filter { $0.name == WorldGenerator.localNode }.flatMap(\.addresses)
        lab = try Lab(
            hosts: hosts, nodeAddresses: own.map(\.description),
            servedPorts: Set(Self.ports.values.joined()).subtracting([0]).sorted())
    }

    private static let outside = ["203.0.113.7", "203.0.113.128", "2001:db8::7"]

    /// Every pair of different hosts by every protocol and port.
    func probes() throws -> [Probe] {
        try ProbeProtocol.allCases.flatMap { transport in
            try Self.ports[transport]!.flatMap { try lab.pairProbes(transport, port: $0) }
        }
    }
}

extension PacketDescription {
    /// The packet that a probe sends first.
    init(_ probe: Probe) throws {
        let source = IPAddress(probe.source)!
        let transport: IPProtocol =
            switch probe.protocol {
            case .tcp: .tcp
            case .udp: .udp
            case .sctp: .sctp
            case .icmp: source.family == .ipv4 ? .icmp : .icmpv6
            }
        self.init(
            source: source, destination: IPAddress(probe.destination)!, transport: transport,
            destinationPort: probe.protocol == .icmp ? nil : probe.port,
            icmpType: probe.protocol == .icmp ? (source.family == .ipv4 ? 8 : 128) : nil)
    }
}
