// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel
import PolicyVerification

/// Finds who stands behind an entry of an expectation's `from` or `to`.
struct PartyDirectory {
    private let cluster: AnalysedCluster
    private let targets: EndpointTargets
    private let owners: [IPAddress: EndpointID]
    /// The addresses of nodes, each with its node's name; traffic between a pod and its own node is
    /// never policed (S22).
    private let nodes: [IPAddress: String]
    /// The addresses of pods and nodes: what is not the world's.
    private let inhabited: Set<IPAddress>
    /// Every block of every rule: policies treat the addresses between two borders alike.
    private let blocks: [AddressSet]

    init(_ cluster: AnalysedCluster) {
        self.cluster = cluster
        targets = EndpointTargets(cluster.state)
        let policed = cluster.state.endpoints.filter(\.isPoliced)
        owners = Dictionary(policed.flatMap { pod in pod.addresses.map { ($0, pod.id) } }) {
            first, _ in first
        }
        nodes = Dictionary(
            cluster.state.nodes.flatMap { node in node.addresses.map { ($0, node.name) } }
        ) { first, _ in first }
        inhabited = Set(owners.keys).union(nodes.keys)
        let rules = cluster.state.policies.flatMap(\.allRules)
        blocks = Array(Set(rules.flatMap(\.blocks) + cluster.state.namedBlocks))
    }

    /// The parties that an entry stands for.
    ///
    /// - Throws: ``ExpectationProblem`` if it stands for nobody.
    func parties(_ side: TrafficSide) throws(ExpectationProblem) -> [Party] {
        switch side {
        case .world: return examples(.full, isWorld: true)
        case .named(let name):
            if let addresses = try addresses(named: name) {
                return examples(addresses, isWorld: false)
            }
            return try named(name).flatMap(parties)
        case .pods(let selector):
            let pods = cluster.state.endpoints.filter { $0.isPoliced && isMatch(selector, $0) }
            guard !pods.isEmpty else {
                throw ExpectationProblem(
                    "the selector \(MessageText.visible(selector.description)) matches no pod",
                    remedy:
                        "an expectation about nobody would always hold; compare with the labels "
                        + "of the pods that are meant")
            }
            return pods.flatMap(parties)
        case .network(let block, let exceptions):
            let found = examples(
                AddressSet([block]).subtracting(AddressSet(exceptions)), isWorld: false)
            if let host = found.lazy.compactMap(\.endpoint).first(where: { $0.kind == .host }) {
                throw ExpectationProblem(
                    "\(block) holds an address of host endpoint \(MessageText.visible(host.name)), "
                        + "whose policies are not judged here",
                    remedy: "name pods, or addresses that are no node's")
            }
            return found
        }
    }

    private func parties(_ endpoint: Endpoint) -> [Party] {
        endpoint.addresses.map {
            let name = endpoint.id.description
            return Party(address: $0, endpoint: endpoint.id, group: name, name: name)
        }
    }

    /// The addresses of a network set, or of a Service's endpoints; nil if a pod or workload is meant.
    private func addresses(named name: String) throws(ExpectationProblem) -> AddressSet? {
        let names = name.split(separator: "/").map(String.init)
        guard cluster.endpoints(named: name).isEmpty,
            let object = NamedAddresses(names, defaultNamespace: nil)
        else { return nil }
        guard let blocks = object.blocks(in: cluster.state) else {
            throw ExpectationProblem(
                "there is no \(MessageText.line("\(object)"))", remedy: object.remedy)
        }
        guard !blocks.isEmpty else {
            throw ExpectationProblem(
                "\(MessageText.line("\(object)")) has no addresses",
                remedy: "an expectation about nobody would always hold")
        }
        return AddressSet(blocks)
    }

    private func named(_ name: String) throws(ExpectationProblem) -> [Endpoint] {
        let found = cluster.endpoints(named: name)
        let policed = found.filter(\.isPoliced)
        if let first = found.first, policed.isEmpty {
            throw ExpectationProblem(
                first.usesHostNetwork
                    ? "\(name) uses the host network, so that policies do not know it as a pod (S14)"
                    : "\(name) has finished, so that policies do not know it any more (S19)",
                remedy: first.usesHostNetwork ? "write its node's address" : nil)
        }
        guard !policed.isEmpty else {
            let known = cluster.state.endpoints.map(\.id.description)
            let meant = NearMiss.of(name, among: known)
            throw ExpectationProblem(
                "there is no pod or workload \(MessageText.visible(name))",
                remedy: meant.map { "did you mean \($0)?" }
                    ?? "write namespace/name, or add its manifest")
        }
        return policed
    }

    /// Whether a selector matches a pod.
    func isMatch(_ selector: EndpointSelector, _ endpoint: Endpoint) -> Bool {
        targets.matches(selector, endpoint)
    }

    /// One address of every kind that policies may tell apart: of each part between the borders of
    /// blocks one that is nobody's, and unless the world is meant, those of pods and nodes.
    private func examples(_ addresses: AddressSet, isWorld: Bool) -> [Party] {
        let outside =
            Self.starts(addresses.ipv4, blocks.map(\.ipv4)).compactMap {
                nobody(in: $0, IPAddress.ipv4, isWorld)
            }
            + Self.starts(addresses.ipv6, blocks.map(\.ipv6)).compactMap {
                nobody(in: $0, IPAddress.ipv6, isWorld)
            }
        if isWorld { return outside }
        let pods = owners.filter { addresses.contains($0.key) }.sorted { $0.key < $1.key }
        let ofNodes = nodes.filter { addresses.contains($0.key) && owners[$0.key] == nil }
            .sorted { $0.key < $1.key }
        return outside
            + ofNodes.map {
                let name = "\($0.key) (node \($0.value))"
                return Party(address: $0.key, endpoint: nil, group: name, name: name)
            }
            + pods.map {
                let name = "\($0.key) (\($0.value))"
                return Party(address: $0.key, endpoint: $0.value, group: name, name: name)
            }
    }

    /// The intervals of a set, cut at the borders of blocks.
    private static func starts<Bits: AddressBits>(
        _ set: IntervalSet<Bits>, _ blocks: [IntervalSet<Bits>]
    ) -> [ClosedRange<Bits>] {
        var cuts: Set<Bits> = []
        for interval in blocks.flatMap(\.intervals) {
            cuts.insert(interval.lowerBound)
            if interval.upperBound < .max { cuts.insert(interval.upperBound + 1) }
        }
        let sorted = cuts.sorted()
        return set.intervals.flatMap { interval in
            let inside = sorted.filter { $0 > interval.lowerBound && $0 <= interval.upperBound }
            let starts = [interval.lowerBound] + inside
            let ends = inside.map { $0 - 1 } + [interval.upperBound]
            return zip(starts, ends).map { $0...$1 }
        }
    }

    /// An address of the range that no pod or node has; one that people know as an example if it
    /// lies in the range.
    private func nobody<Bits: AddressBits>(
        in range: ClosedRange<Bits>, _ address: (Bits) -> IPAddress, _ isWorld: Bool
    ) -> Party? {
        let known = Self.examples.compactMap { example -> Bits? in
            switch example {
            case .ipv4(let bits): bits as? Bits
            case .ipv6(let bits): bits as? Bits
            }
        }.filter(range.contains)
        for candidate in known where !inhabited.contains(address(candidate)) {
            return party(address(candidate), isWorld)
        }
        var candidate = range.lowerBound
        while inhabited.contains(address(candidate)) {
            guard candidate < range.upperBound else { return nil }
            candidate += 1
        }
        return party(address(candidate), isWorld)
    }

    private func party(_ address: IPAddress, _ isWorld: Bool) -> Party {
        Party(
            address: address, endpoint: nil, group: isWorld ? "world" : address.description,
            name: isWorld ? "world (such as \(address))" : address.description)
    }

    /// Reserved for documentation (RFC 5737, RFC 3849).
    private static let examples = ["203.0.113.1", "2001:db8::1"].compactMap { IPAddress($0) }
}

/// An expectation that cannot be tested, and why.
struct ExpectationProblem: Error {
    var message: String
    var remedy: String?

    init(_ message: String, remedy: String? = nil) {
        self.message = message
        self.remedy = remedy
    }
}
