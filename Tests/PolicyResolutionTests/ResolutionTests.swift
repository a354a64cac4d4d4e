// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyResolution
import PolicyTestKit
import Testing

@Suite struct ResolutionTests {
    @Test("The index finds exactly the members that the selector's definition does")
    func membersByDefinition() throws {
        for seed in UInt64(0)..<120 {
            let state = WorldGenerator(seed: seed, style: .tiered).world()
            let resolution = Resolution(state, node: WorldGenerator.localNode)
            var random = SeededGenerator(seed: seed)
            for selector in selectors(in: state) + randomSelectors(&random) {
                let expected = addresses(of: selector, in: state)
                let found = resolution.addresses(of: EndpointPeer(selector))
                try #require(found == expected, "seed \(seed): \(selector)")
            }
        }
    }

    /// By definition: each policed endpoint is asked, and each address has one owner.
    private func addresses(of selector: EndpointSelector, in state: ClusterState)
        -> EndpointAddresses
    {
        let labels = Dictionary(
            state.namespaces.map { ($0.name, $0.effectiveLabels) }
        ) { first, _ in first }
        let policed = state.endpoints.filter(\.isPoliced)
        var result: Set<IPAddress> = []
        for endpoint in policed {
            let namespace =
                labels[endpoint.id.namespace]
                ?? Namespace(name: endpoint.id.namespace).effectiveLabels
            let isInScope =
                switch selector.namespaces {
                case .any: true
                case .named(let name): name == endpoint.id.namespace
                case .labelled(let condition): condition.matches(namespace)
                }
            guard isInScope, selector.labels.matches(endpoint.labels) else { continue }
            for address in endpoint.addresses {
                let rivals = policed.filter { $0.addresses.contains(address) }
                let owner = rivals.min {
                    $0.created == $1.created ? $0.id < $1.id : $0.created > $1.created
                }
                if owner?.id == endpoint.id { result.insert(address) }
            }
        }
        return result.sorted().reduce(into: EndpointAddresses()) { list, address in
            switch address {
            case .ipv4(let bits): list.ipv4.append(bits)
            case .ipv6(let bits): list.ipv6.append(bits)
            }
        }
    }

    private func selectors(in state: ClusterState) -> [EndpointSelector] {
        state.policies.flatMap { policy -> [EndpointSelector] in
            let peers = policy.allRules.flatMap { rule in
                if case .only(let list) = rule.peers { list } else { [Peer]() }
            }
            return [policy.subject]
                + peers.compactMap {
                    if case .endpoints(let selector) = $0 { selector } else { nil }
                }
        }
    }

    /// Nested ones, which no manifest of today can say.
    private func randomSelectors(_ random: inout SeededGenerator) -> [EndpointSelector] {
        func condition(_ depth: Int) -> Selector {
            let key = random.pick(["app", "stage", "canary", "nothing"])
            switch random.number(in: 0...(depth == 0 ? 2 : 5)) {
            case 0: return .has(key)
            case 1: return .isOneOf(key: key, values: random.pick([["web"], ["db", "prod"], []]))
            case 2: return .everything
            case 3: return .not(condition(depth - 1))
            case 4: return .all([condition(depth - 1), condition(depth - 1)])
            default: return .any([condition(depth - 1), condition(depth - 1)])
            }
        }
        return (0..<10).map { _ in
            EndpointSelector(
                namespaces: random.pick([.any, .named("shop"), .labelled(.has("team"))]),
                labels: condition(3))
        }
    }

    @Test("S1, S2: stacks hold the policies that select the endpoint, in order, by direction")
    func stacks() throws {
        func policy(_ name: String, order: Double?, tier: String = "default") -> Policy {
            Policy(
                id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: name), tier: tier,
                order: order, subject: .everyEndpoint, ingress: [], egress: name == "a" ? [] : nil)
        }
        let state = ClusterState(
            endpoints: [
                Endpoint(
                    id: EndpointID(namespace: "shop", name: "web"), node: "n",
                    addresses: [.ipv4(1)])
            ],
            tiers: [.standard, Tier(name: "first", order: 1, defaultAction: .pass)],
            policies: [
                policy("c", order: nil), policy("b", order: 2), policy("a", order: 2),
                policy("z", order: 9, tier: "first"), policy("lost", order: 0, tier: "nowhere"),
            ])
        let local = try #require(Resolution(state, node: "n").localEndpoints.first)
        #expect(
            local.ingress.tiers.map { $0.policies.map(\.id.name) }
                == [["z"], ["a", "b", "c"], ["lost"]])
        #expect(local.ingress.tiers.last?.tier.defaultAction == .deny)
        #expect(local.egress.tiers.map { $0.policies.map(\.id.name) } == [["a"]])
    }
}
