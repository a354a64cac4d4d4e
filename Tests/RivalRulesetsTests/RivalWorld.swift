// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit
import PolicyVerification

/// A random cluster with one endpoint on the node, of policies that the rivals' generators know, and
/// packets to that endpoint.
struct RivalWorld {
    static let node = "node-a"
    static let endpoint = EndpointID(namespace: "shop", name: "server")

    let state: ClusterState
    let packets: [PacketDescription]

    private static let colours = ["red", "green", "blue", "grey"]
    private static let ports: [UInt16] = [80, 443, 8080, 8081]

    init(seed: UInt64, _ family: AddressFamily, packets count: Int) {
        var random = SeededGenerator(seed: seed)
        let server = Self.address(family, 5)
        let pods = (0..<8).map { number in
            Endpoint(
                id: EndpointID(namespace: "shop", name: "pod-\(number)"),
                labels: ["colour": random.pick(Self.colours)], node: "node-b",
                addresses: [Self.address(family, 256 + UInt32(number))])
        }
        let tiers = [
            Tier(name: "first", order: 1, defaultAction: random.chance(50) ? .pass : .deny),
            Tier(name: "second", order: 2, defaultAction: random.chance(50) ? .pass : .deny),
            .standard,
        ]
        let policies = (0..<random.number(in: 1...14)).map { number in
            Self.policy(number, random.pick(tiers), family, &random)
        }
        state = ClusterState(
            namespaces: [Namespace(name: "shop")],
            endpoints: [
                Endpoint(
                    id: Self.endpoint, labels: ["app": "server"], node: Self.node,
                    addresses: [server])
            ] + pods, tiers: tiers, policies: policies,
            networkSets: [
                NetworkSet(
                    id: NetworkSetID(namespace: nil, name: "set"), labels: ["colour": "grey"],
                    blocks: [Self.block(family, 256, 4), Self.block(family, 1024, 8)])
            ])
        packets = (0..<count).map { _ in
            let senders = random.pick([256...263, 264...271, 1020...1030, 2048...2064])
            return PacketDescription(
                source: Self.address(family, UInt32(random.number(in: senders))),
                destination: server, transport: random.pick([.tcp, .udp]),
                destinationPort: random.pick(Self.ports))
        }
    }

    private static func policy(
        _ number: Int, _ tier: Tier, _ family: AddressFamily, _ random: inout SeededGenerator
    ) -> Policy {
        let isStandard = tier == .standard
        let rules = (0..<random.number(in: 0...4)).map { _ in
            Rule(
                isStandard ? .allow : random.pick([.allow, .deny, .pass]),
                peers: random.chance(15) ? .anyone : .only(peers(family, &random)),
                ports: random.chance(25) ? .all : .only(ports(&random)))
        }
        return Policy(
            id: PolicyID(kind: "GlobalNetworkPolicy", namespace: nil, name: "policy-\(number)"),
            tier: tier.name, order: Double(random.number(in: 0...3)),
            subject: EndpointSelector(
                namespaces: .any,
                labels: random.chance(70) ? .isOneOf(key: "app", values: ["server"]) : .has("app"),
                reach: .everything),
            ingress: rules)
    }

    private static func peers(_ family: AddressFamily, _ random: inout SeededGenerator) -> [Peer] {
        (0..<random.number(in: 1...3)).map { _ in
            if random.chance(60) {
                return .endpoints(
                    EndpointSelector(
                        namespaces: .any,
                        labels: .isOneOf(key: "colour", values: [random.pick(colours)]),
                        reach: random.pick([.pods, .everything])))
            }
            return .network(
                block(family, random.pick([256, 1024, 2048]), random.pick([4, 8])),
                except: (0..<random.number(in: 0...2)).map { _ in
                    block(family, random.pick([256, 264, 1024, 2048]), random.pick([1, 2, 3]))
                })
        }
    }

    private static func ports(_ random: inout SeededGenerator) -> [PortMatch] {
        (0..<random.number(in: 1...3)).map { _ in
            let transport = random.pick([IPProtocol.tcp, .udp])
            let port = random.pick(ports)
            return random.pick([
                .numbers(transport, port...port), .numbers(transport, port...port + 1),
                .every(transport),
            ])
        }
    }

    private static func address(_ family: AddressFamily, _ number: UInt32) -> IPAddress {
        family == .ipv4
            ? .ipv4(0x0a00_0000 + number) : .ipv6(UInt128(0xfd00) << 112 + UInt128(number))
    }

    /// A block that leaves so many bits open.
    private static func block(_ family: AddressFamily, _ first: UInt32, _ bits: Int) -> CIDR {
        CIDR(address(family, first), prefixLength: (family == .ipv4 ? 32 : 128) - bits)
    }
}
