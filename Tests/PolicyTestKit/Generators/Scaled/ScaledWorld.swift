// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A cluster of a given size and style that a seed determines: those of the field, up to the largest
/// that exist, and hostile ones, each of which drives one quantity as far as an API lets it.
///
/// ```swift
/// let world = ScaledWorld(.services, pods: 100_000, policies: 10_000)
/// let live = LiveCompilation(node: ScaledWorld.localNode)
/// _ = live.apply(world.state().asChanges)
/// ```
public struct ScaledWorld: Sendable {
    /// What the policies are like.
    public enum Style: String, CaseIterable, Sendable {
        /// Namespaces that are closed to each other but for a few teams.
        case namespaces
        /// Services of which each says who calls it, and some whom they call.
        case services
        /// Pods that reach blocks of addresses outside, with exceptions.
        case egress
        /// Calico's tiers, network sets and ordered rules.
        case tiers
        /// Every pod has labels that no other has, and policies speak of those.
        case ownLabels = "own-labels"
        /// One policy with as many peers as there are policies elsewhere.
        case peers
        /// Half as many ports: in one rule, and each with a rule of its own.
        case ports
        /// One /8 with as many exceptions.
        case exceptions
        /// A tenth as many policies, all of them on one pod.
        case crowd
        /// Labels in every combination, and a policy for every combination of them.
        case overlap
        /// A ``LargeCluster``, which other measurements are made with.
        case large
    }

    public var style: Style
    public var pods: Int
    /// The measure of what is hostile in hostile worlds.
    public var policies: Int
    public var namespaces: Int
    /// The pods on ``localNode``, drawn from all.
    public var localPods: Int
    public var seed: UInt64

    public static let localNode = LargeCluster.localNode

    /// A world of these sizes; unless told otherwise there are half as many namespaces as policies.
    public init(
        _ style: Style, pods: Int, policies: Int, namespaces: Int? = nil, localPods: Int = 250,
        seed: UInt64 = 1
    ) {
        self.style = style
        self.pods = max(1, pods)
        self.policies = max(1, policies)
        self.namespaces = max(1, namespaces ?? policies / 2)
        self.localPods = min(localPods, max(1, pods))
        self.seed = seed
    }

    /// The same world with everything in it, local pods too, so many times smaller.
    public func divided(by divisor: Int) -> ScaledWorld {
        ScaledWorld(
            style, pods: pods / divisor, policies: policies / divisor,
            namespaces: namespaces / divisor, localPods: max(1, localPods / divisor), seed: seed)
    }

    /// The state; the same for the same parameters.
    public func state() -> ClusterState {
        if style == .large {
            return LargeCluster(pods: pods, policies: policies, localPods: localPods).state()
        }
        var random = SeededGenerator(seed: seed)
        let population = ScaledPopulation(self, random.fork())
        var state = ClusterState(
            namespaces: (0..<namespaces).map { population.namespace($0) },
            nodes: population.nodes, endpoints: population.endpoints(random.fork()))
        let draft = random.fork()
        switch style {
        case .namespaces: state.policies = IsolatedNamespaces(self, draft).list()
        case .services: state.policies = ServiceGraph(self, draft).list()
        case .egress: state.policies = OutsideBlocks(self, draft).list()
        case .tiers: TieredWorld(self, draft).write(to: &state)
        case .ownLabels: state.policies = hostileLabels(draft)
        case .peers: state.policies = [manyPeers()]
        case .ports: state.policies = manyPorts()
        case .exceptions: state.policies = [manyExceptions()]
        case .crowd: state.policies = crowd()
        case .overlap: state.policies = overlapping()
        case .large: break
        }
        return state
    }

    /// How many labels are combined: the policies for all combinations are a tenth of ``policies``,
    /// or a little less.
    var combinedLabels: Int {
        max(2, (max(4, policies / 10)).bitWidth - 1 - max(4, policies / 10).leadingZeroBitCount)
    }

    static func namespaceName(_ number: Int) -> String { "ns-\(number)" }

    static let teams = ["red", "green", "blue", "grey", "amber", "violet", "white", "black"]

    /// Ports that services have in the field.
    static let servicePorts: [UInt16] = [
        80, 443, 3000, 3306, 5432, 6379, 8080, 8443, 9000, 9090, 9092, 50051,
    ]

    /// A policy of the Kubernetes API.
    static func networkPolicy(
        _ name: String, in namespace: Int, of subject: Selector, ingress: [Rule]? = nil,
        egress: [Rule]? = nil
    ) -> Policy {
        let namespace = namespaceName(namespace)
        return Policy(
            id: PolicyID(kind: "NetworkPolicy", namespace: namespace, name: name), order: 1000,
            subject: EndpointSelector(namespaces: .named(namespace), labels: subject),
            ingress: ingress, egress: egress)
    }

    /// Pods of one namespace, as a policy of another namespace names them, or of its own.
    static func peer(_ labels: Selector, in namespace: Int, from own: Int) -> Peer {
        let name = namespaceName(namespace)
        let scope: NamespaceScope =
            namespace == own
            ? .named(name) : .labelled(.isOneOf(key: Namespace.nameLabel, values: [name]))
        return .endpoints(EndpointSelector(namespaces: scope, labels: labels))
    }

    static func tcp(_ port: UInt16) -> PortMatch { .numbers(.tcp, port...port) }

    static func label(_ key: String, _ value: String) -> Selector {
        .isOneOf(key: key, values: [value])
    }

    /// Names resolve everywhere.
    static let names = Rule(
        .allow,
        peers: .only([
            .endpoints(
                EndpointSelector(
                    namespaces: .labelled(label(Namespace.nameLabel, namespaceName(0))),
                    labels: label("role", "dns")))
        ]), ports: .only([.numbers(.udp, 53...53), .numbers(.tcp, 53...53)]))
}
