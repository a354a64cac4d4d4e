// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel

/// Port names that stand for nothing.
extension LintedPolicy {
    /// Names that none of the destination pods gives to a port of the rule's protocol.
    func portFindings(in cluster: LintedCluster) -> [Finding] {
        guard cluster.hasPods else { return [] }
        return rules.flatMap { direction, path, rule -> [Finding] in
            guard case .only(let ports) = rule.ports else { return [] }
            let destinations = self.destinations(of: rule, direction, in: cluster)
            guard !destinations.isEmpty else { return [] }
            return ports.enumerated().compactMap { index, port in
                guard case .named(let transport, let name) = port else { return nil }
                return portFinding(
                    name, transport, destinations, "\(path).ports[\(index)]", direction)
            }
        }
    }

    /// On ingress the pods that the policy governs, on egress those that the rule's peers match;
    /// other peers reach named ports of any pod (S28).
    private func destinations(
        of rule: Rule, _ direction: Direction, in cluster: LintedCluster
    ) -> [Endpoint] {
        let all: [Endpoint]
        switch (direction, rule.peers) {
        case (.ingress, _): all = cluster.matches(policy.subject)
        case (.egress, .anyone): all = cluster.endpoints
        case (.egress, .only(let peers)):
            all = peers.flatMap { peer in
                if case .endpoints(let selector) = peer { return cluster.matches(selector) }
                return cluster.endpoints
            }
        }
        return all.filter { !$0.usesHostNetwork }
    }

    private func portFinding(
        _ name: String, _ transport: IPProtocol, _ destinations: [Endpoint], _ path: String,
        _ direction: Direction
    ) -> Finding? {
        let ports = destinations.flatMap(\.namedPorts)
        let same = ports.filter { $0.name == name }
        guard !same.contains(where: { $0.transport == transport }) else { return nil }
        let who = direction == .ingress ? "the pods that the policy selects" : "its peers"
        if let other = same.first {
            return finding(
                .namedPortProtocol,
                at: layout.contains("\(path).protocol") ? "\(path).protocol" : path,
                "none of \(who) has a \(transport) port \(name), it is \(other.number)/\(other.transport)",
                remedy: "write protocol: \(other.transport.description.uppercased())")
        }
        let meant = NearMiss.of(name, among: Set(ports.map(\.name)).sorted())
        return finding(
            .undefinedNamedPort, at: "\(path).port",
            "none of \(who) has a port named \(name), so that the entry allows nothing",
            remedy: meant.map { "did you mean \($0)?" }
                ?? "name the containers' port so, or write its number")
    }
}
