// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws a world with all that Calico's objects say of pods and other workloads, beside
/// NetworkPolicies and cluster-wide ones.
struct CalicoWorld {
    private var random: SeededGenerator
    private let size: Int
    private let namespaces: [String]

    init(seed: UInt64, size: Int) {
        random = SeededGenerator(seed: seed)
        self.size = size
        namespaces = random.some(random.number(in: 2...3), of: Vocabulary.namespaces)
    }

    /// The world.
    mutating func draw() -> ClusterState {
        let nodes = self.nodes()
        let endpoints = self.endpoints(nodes)
        let addresses =
            endpoints.flatMap(\.addresses) + nodes.flatMap(\.addresses) + AddressPlan.outside
        var policies = CalicoPolicyGenerator(
            random: random.fork(), namespaces: namespaces, addresses: addresses)
        let tiers = policies.tiers()
        let enforced = policies.policies(max(3, size), tiers: tiers)
        return ClusterState(
            namespaces: namespaceObjects(), nodes: nodes, endpoints: endpoints, tiers: tiers,
            policies: enforced, stagedPolicies: policies.staged(beside: enforced, tiers: tiers),
            profiles: policies.profiles(), serviceAccounts: accounts(),
            networkSets: networkSets(addresses), serviceSlices: serviceSlices(addresses))
    }

    private mutating func nodes() -> [Node] {
        (0..<2).map {
            Node(
                name: Vocabulary.nodes[$0], addresses: AddressPlan.node($0),
                labels: random.labels(CalicoVocabulary.nodeLabels))
        }
    }

    /// One of the namespaces is sometimes without an object (S11).
    private mutating func namespaceObjects() -> [Namespace] {
        let missing = random.chance(25) ? random.pick(namespaces) : nil
        return namespaces.filter { $0 != missing }.map {
            Namespace(name: $0, labels: random.labels(Vocabulary.namespaceLabels))
        }
    }

    /// The usual pods and odd ones, with accounts; some name their profiles themselves, and some
    /// of the running ones are workloads of another orchestrator.
    private mutating func endpoints(_ nodes: [Node]) -> [Endpoint] {
        var pods = EndpointGenerator(random: random.fork(), namespaces: namespaces, nodes: nodes)
        return pods.endpoints(ordinary: max(2, size - 2)).map { pod in
            var endpoint = pod
            if random.chance(50) {
                endpoint.serviceAccount = random.pick(CalicoVocabulary.accounts)
            }
            if !endpoint.isPoliced { return endpoint }
            let profiles = random.chance(25) ? profileNames(endpoint) : nil
            if random.chance(20) {
                endpoint.id.kind = .workload
                endpoint.serviceAccount = nil
                endpoint.particulars = EndpointParticulars(
                    interface: "tap-\(endpoint.id.name)",
                    profiles: profiles ?? [Profile.name(ofNamespace: endpoint.id.namespace)],
                    orchestrator: CalicoVocabulary.orchestrator)
            } else if profiles != nil {
                endpoint.particulars = EndpointParticulars(
                    interface: "cali-\(endpoint.id.name)", profiles: profiles)
            }
            return endpoint
        }
    }

    /// Profiles that an endpoint names itself: none at all, ones with rules, those that are there
    /// without an object, and one that does not exist.
    private mutating func profileNames(_ endpoint: Endpoint) -> [String] {
        random.some(
            random.pick(weighted: [0: 15, 1: 50, 2: 35]),
            of: CalicoVocabulary.profiles + [Profile.name(ofNamespace: endpoint.id.namespace)])
    }

    private mutating func accounts() -> [ServiceAccount] {
        namespaces.flatMap { namespace in
            CalicoVocabulary.accounts.filter { _ in random.chance(75) }.map {
                ServiceAccount(
                    id: ServiceAccountID(namespace: namespace, name: $0),
                    labels: random.labels(CalicoVocabulary.accountLabels))
            }
        }
    }

    /// Sets of the cluster and of namespaces, whose blocks lie around the same addresses and so
    /// overlap.
    private mutating func networkSets(_ addresses: [IPAddress]) -> [NetworkSet] {
        (0..<random.number(in: 2...4)).map { index in
            NetworkSet(
                id: NetworkSetID(
                    namespace: random.chance(50) ? random.pick(namespaces) : nil,
                    name: "set-\(index)"),
                labels: random.labels(Vocabulary.podLabels),
                blocks: (0..<random.number(in: 0...3)).map { _ in random.block(around: addresses) })
        }
    }

    /// Slices of Services, each of one family, as the API wants it.
    private mutating func serviceSlices(_ addresses: [IPAddress]) -> [ServiceSlice] {
        var slices: [ServiceSlice] = []
        for namespace in namespaces {
            for service in CalicoVocabulary.services where random.chance(75) {
                for index in 0..<random.number(in: 1...2) {
                    let family = random.pick(AddressFamily.allCases)
                    let choices = Set(addresses.filter { $0.family == family }).sorted()
                    let ports = (0..<random.number(in: 1...2)).map { _ in
                        ServicePort(
                            transport: random.pick(Vocabulary.transports),
                            number: random.pick(CalicoVocabulary.portNumbers))
                    }
                    slices.append(
                        ServiceSlice(
                            id: ServiceSliceID(namespace: namespace, name: "\(service)-\(index)"),
                            service: service,
                            addresses: random.some(random.number(in: 1...4), of: choices),
                            ports: Set(ports).sorted()))
                }
            }
        }
        return slices
    }
}

extension SeededGenerator {
    /// A block that contains one of these addresses: everything, that address, or something between.
    mutating func block(around addresses: [IPAddress]) -> CIDR {
        let address = pick(addresses)
        switch address.family {
        case .ipv4: return CIDR(address, prefixLength: pick([0, 8, 16, 24, 24, 28, 30, 31, 32]))
        case .ipv6: return CIDR(address, prefixLength: pick([0, 32, 64, 64, 120, 126, 127, 128]))
        }
    }
}
