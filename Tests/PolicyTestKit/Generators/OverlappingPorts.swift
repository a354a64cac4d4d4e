// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws policies of many ordered rules whose ranges of ports overlap while their verdicts alternate:
/// cells by port would need each rule many times.
public struct OverlappingPorts {
    private var random: SeededGenerator
    private let rules: Int

    /// - Parameter rules: how many rules each of the two tiers has.
    public init(seed: UInt64, rules: Int) {
        random = SeededGenerator(seed: seed)
        self.rules = rules
    }

    /// A pod with both families on the local node, another one elsewhere, and the policies.
    public func world() -> ClusterState {
        var draft = self
        let security = Tier(name: "security", order: 10, defaultAction: .pass)
        return ClusterState(
            namespaces: [Namespace(name: "shop")],
            endpoints: [Self.pod("web", node: WorldGenerator.localNode, host: 1)]
                + [Self.pod("api", node: "beta", host: 2)],
            tiers: Tier.builtIn + [security],
            policies: [draft.policy(tier: security), draft.policy(tier: .standard)])
    }

    private static func pod(_ name: String, node: String, host: Int) -> Endpoint {
        Endpoint(
            id: EndpointID(namespace: "shop", name: name), labels: ["app": name], node: node,
            addresses: AddressFamily.allCases.map { AddressPlan.pod($0, node: 0, host: host) })
    }

    private mutating func policy(tier: Tier) -> Policy {
        Policy(
            id: PolicyID(kind: "GlobalNetworkPolicy", namespace: "", name: tier.name),
            tier: tier.name, order: 1,
            subject: EndpointSelector(
                namespaces: .any, labels: .isOneOf(key: "app", values: ["web"])),
            ingress: (0..<rules).map { _ in rule() }, egress: (0..<rules).map { _ in rule() })
    }

    private mutating func rule() -> Rule {
        var conditions = RuleConditions.none
        if random.chance(10) { conditions.exceptPorts = [portMatch()] }
        if random.chance(10) { conditions.sourcePorts = .only([range(of: .udp)]) }
        return Rule(
            random.pick(weighted: [.allow: 4, .deny: 4, .pass: 2, .log: 1]),
            peers: .only([peer()]),
            ports: random.chance(5)
                ? .all : .only((0..<random.number(in: 1...3)).map { _ in portMatch() }),
            conditions: conditions)
    }

    private mutating func peer() -> Peer {
        if random.chance(20) {
            return .endpoints(
                EndpointSelector(
                    namespaces: .any, labels: .isOneOf(key: "app", values: ["api"])))
        }
        let block = random.pick([
            "10.0.0.0/8", "192.0.2.0/24", "192.0.2.128/25", "198.51.100.0/24", "2001:db8::/32",
            "2001:db8:1::/48", "fd00::/8",
        ])
        return .network(CIDR(block)!, except: [])
    }

    private mutating func portMatch() -> PortMatch {
        let transport = random.pick(weighted: [
            IPProtocol.tcp: 6, .udp: 3, .sctp: 1, .icmp: 1, .icmpv6: 1,
        ])
        if transport.hasTypes {
            let code: UInt8? = random.chance(50) ? UInt8(random.number(in: 0...3)) : nil
            return .icmp(transport, type: random.pick([3, 8, 128, 129]), code: code)
        }
        return random.chance(5) ? .every(transport) : range(of: transport)
    }

    private mutating func range(of transport: IPProtocol) -> PortMatch {
        let low = random.number(in: 0...65535)
        let high = random.chance(15) ? low : random.number(in: low...65535)
        return .numbers(transport, UInt16(low)...UInt16(high))
    }
}

extension IPProtocol {
    fileprivate var hasTypes: Bool { self == .icmp || self == .icmpv6 }
}
