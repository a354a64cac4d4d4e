// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws a small cluster that a seed determines: namespaces, nodes, pods and policies such as real
/// ones have, and more of the odd cases than real ones have.
///
/// ```swift
/// let state = WorldGenerator(seed: 7).world()
/// let judge = ReferenceEvaluator(state, localNode: WorldGenerator.localNode)
/// ```
public struct WorldGenerator: Sendable {
    /// Which policies a world has.
    public enum Style: Sendable {
        /// Kubernetes NetworkPolicies alone, everything of which ``ManifestPrinter`` can print.
        case kubernetes
        /// Policies of all actions in several tiers beside NetworkPolicies, and the forms that no
        /// NetworkPolicy has: empty lists of peers and ports, protocols without ports, nested
        /// selectors, exceptions outside their block.
        case tiered
        /// All that Calico's objects and cluster-wide policies say of pods and other workloads,
        /// beside NetworkPolicies.
        case calico
    }

    /// The name of the node on which about half of the pods run.
    public static let localNode = Vocabulary.nodes[0]

    private let seed: UInt64
    private let size: Int
    private let style: Style

    /// - Parameters:
    ///   - seed: determines the world, together with the other parameters.
    ///   - size: the number of ordinary pods; odd ones and about as many policies come with them.
    ///   - style: which policies the world has.
    public init(seed: UInt64, size: Int = 9, style: Style = .kubernetes) {
        self.seed = seed
        self.size = size
        self.style = style
    }

    /// The world: the same for the same parameters.
    public func world() -> ClusterState {
        if style == .calico {
            var draft = CalicoWorld(seed: seed, size: size)
            return draft.draw()
        }
        var random = SeededGenerator(seed: seed)
        let names = random.some(random.number(in: 2...5), of: Vocabulary.namespaces)
        let nodes = (0..<random.number(in: 2...3)).map {
            Node(name: Vocabulary.nodes[$0], addresses: AddressPlan.node($0))
        }
        var pods = EndpointGenerator(random: random.fork(), namespaces: names, nodes: nodes)
        let endpoints = pods.endpoints(ordinary: size)
        let inhabitants = endpoints.flatMap(\.addresses) + nodes.flatMap(\.addresses)
        var policies = PolicyGenerator(
            random: random.fork(), style: style, namespaces: names,
            addresses: inhabitants + AddressPlan.outside)
        let tiers = policies.tiers()
        return ClusterState(
            namespaces: namespaces(names, &random), nodes: nodes, endpoints: endpoints,
            tiers: tiers, policies: policies.policies(max(2, size * 3 / 4), tiers: tiers))
    }

    /// The namespaces' objects, one of which is sometimes missing, as after its deletion (S11).
    private func namespaces(
        _ names: [String], _ random: inout SeededGenerator
    ) -> [Namespace] {
        let missing = random.chance(40) ? random.pick(names) : nil
        return names.filter { $0 != missing }.map {
            Namespace(name: $0, labels: random.labels(Vocabulary.namespaceLabels))
        }
    }
}

extension WorldGenerator.Style {
    /// The styles that every stage understands in full.
    public static let allCases: [Self] = [.kubernetes, .tiered, .calico]
}

extension ClusterState {
    /// The same state with its objects in another order of arrival: the same for every policy.
    public func shuffled(using random: inout SeededGenerator) -> ClusterState {
        ClusterState(
            namespaces: random.shuffled(namespaces), nodes: random.shuffled(nodes),
            endpoints: random.shuffled(endpoints), tiers: random.shuffled(tiers),
            policies: random.shuffled(policies), stagedPolicies: random.shuffled(stagedPolicies),
            profiles: random.shuffled(profiles), serviceAccounts: random.shuffled(serviceAccounts),
            networkSets: random.shuffled(networkSets),
            serviceSlices: random.shuffled(serviceSlices),
            configurations: random.shuffled(configurations))
    }
}
