// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The policies of hostile worlds, most of them for the whole cluster.
extension ScaledWorld {
    /// A policy for the pods of all namespaces, as cluster-wide ones are.
    private func everywhere(
        _ name: String, of subject: Selector, ingress: [Rule]? = nil, egress: [Rule]? = nil
    ) -> Policy {
        Policy(
            id: PolicyID(kind: "GlobalNetworkPolicy", namespace: nil, name: "default.\(name)"),
            order: 1000,
            subject: EndpointSelector(
                namespaces: .any, labels: subject, reach: .everything),
            ingress: ingress, egress: egress)
    }

    private func pods(_ labels: Selector) -> Peer {
        .endpoints(EndpointSelector(namespaces: .any, labels: labels, reach: .everything))
    }

    /// Every pod its own labels. Half of the policies are for pods of the node.
    func hostileLabels(_ random: SeededGenerator) -> [Policy] {
        var random = random
        func id() -> String { "id-\(random.number(in: 0...(pods - 1)))" }
        return (0..<policies).map { number in
            let subject: Selector =
                number % 2 == 0
                ? .all([Self.label("role", "local"), Self.label("turn", "turn-\(number / 2 % 64)")])
                : Self.label("id", id())
            let ids = (0..<16).map { _ in id() }
            let owner = random.number(in: 0...(pods - 1))
            return everywhere(
                "own-\(number)", of: subject,
                ingress: [
                    Rule(
                        .allow, peers: .only([pods(.isOneOf(key: "id", values: ids))]),
                        ports: .only([Self.tcp(random.pick(Self.servicePorts))])),
                    Rule(
                        .allow, peers: .only([pods(.has("owner-\(owner)"))]),
                        ports: .only([Self.tcp(random.pick(Self.servicePorts))])),
                ])
        }
    }

    /// One rule for each peer, as Calico writes them; they are one set in the end.
    func manyPeers() -> Policy {
        everywhere(
            "peers", of: .has("target"),
            ingress: (0..<policies).map { number -> Rule in
                let peer: Peer
                if number % 10 == 9 {
                    let network = 0x2d00_0000 + UInt32(number) << 9
                    peer = .addresses(
                        AddressMatch(nets: [CIDR(.ipv4(network), prefixLength: 24)]))
                } else {
                    peer = pods(
                        .all([
                            Self.label("app", "app-\(number)"), .not(Self.label("version", "v9")),
                        ]))
                }
                return Rule(.allow, peers: .only([peer]), ports: .only([Self.tcp(8080)]))
            })
    }

    /// Half as many ports as ``policies``, up to 30,000, in one rule, and each with a rule of its
    /// own that asks for other peers.
    func manyPorts() -> [Policy] {
        let count = max(1, min(policies / 2, 30_000))
        // No two are neighbours, so that none can be joined.
        let ports = (0..<count).map { UInt16(1 + 2 * $0) }
        return [
            everywhere(
                "one-rule", of: .has("target"),
                egress: [Rule(.allow, ports: .only(ports.map(Self.tcp)))]),
            everywhere(
                "own-rules", of: .has("target"),
                ingress: ports.enumerated().map { number, port in
                    Rule(
                        .allow, peers: .only([pods(Self.label("app", "app-\(number % 50)"))]),
                        ports: .only([Self.tcp(port)]))
                }),
        ]
    }

    /// Blocks of different lengths, of which no two touch.
    func manyExceptions() -> Policy {
        let count = min(policies, 40_000)
        let exceptions = (0..<count).map { number in
            CIDR(
                .ipv4(0x0b00_0000 + UInt32(number) * 400), prefixLength: 26 + number % 7)
        }
        return Self.networkPolicy(
            "exceptions", in: 0, of: .everything,
            ingress: [
                Rule(
                    .allow,
                    peers: .only([
                        .network(CIDR(.ipv4(0x0b00_0000), prefixLength: 8), except: exceptions)
                    ]), ports: .only([Self.tcp(443)]))
            ])
    }

    /// Half of the policies have a port of their own, the others the same one.
    func crowd() -> [Policy] {
        (0..<max(2, policies / 10)).map { number in
            everywhere(
                "crowd-\(number)", of: Self.label("target", "yes"),
                ingress: [
                    Rule(
                        .allow,
                        peers: .only([pods(Self.label("app", "app-\(number * 3 % policies)"))]),
                        ports: .only([
                            Self.tcp(number % 2 == 0 ? 8080 : UInt16(10_000 + number % 50_000))
                        ]))
                ])
        }
    }

    /// For each combination of labels a policy of those that have all of them, which lets in who has
    /// one of them and not the next.
    func overlapping() -> [Policy] {
        let labels = combinedLabels
        return (1..<(1 << labels)).map { combination in
            let keys = (0..<labels).filter { combination >> $0 & 1 == 1 }
            return everywhere(
                "overlap-\(combination)", of: .all(keys.map { .has("k\($0)") }),
                ingress: [
                    Rule(
                        .allow,
                        peers: .only([
                            pods(
                                .all([
                                    .any(keys.map { .has("k\($0)") }),
                                    .not(.has("k\((keys[0] + labels - 1) % labels)")),
                                ]))
                        ]),
                        ports: .only([
                            Self.tcp(Self.servicePorts[combination % Self.servicePorts.count])
                        ]))
                ])
        }
    }
}
