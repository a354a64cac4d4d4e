// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// One entry of `from` or `to` of a cluster-wide policy.
struct ClusterPeer {
    let field: Field
    /// What it stands for: any of these; nobody where there are none.
    private(set) var peers: [Peer]
    /// Whether it stands for pods, which alone have named ports.
    private(set) var isPods = false

    /// Decodes an entry, which has exactly one field.
    ///
    /// One without a field that we know is an error, whatever the rule does with it (S9).
    init?(
        _ field: Field, _ direction: Direction, _ kind: ClusterPolicyKind, _ action: Action?,
        _ log: inout ProblemLog
    ) {
        let names = kind.peerNames(direction)
        guard field.isMapping(&log) else { return nil }
        if direction == .ingress, Self.reportsEgressOnly(field, names, kind, &log) { return nil }
        let confusions = [
            "namespaceSelector": "namespaces", "podSelector": "pods", "ipBlock": "networks",
        ]
        guard
            let (name, value) = field.onlyMember(
                of: names, confusions: confusions, none: "names nobody", &log)
        else { return nil }
        self.field = field
        switch name {
        case "namespaces":
            peers = [.endpoints(EndpointSelector(podsOf: Selector(value, &log)))]
            isPods = true
        case "pods":
            guard let selector = EndpointSelector(namespacedPods: value, kind, &log)
            else { return nil }
            peers = [.endpoints(selector)]
            isPods = true
        case "nodes": peers = [.nodes(Selector(value, &log))]
        case "networks": peers = Self.networks(value, &log)
        default:
            Self.checkDomainNames(value, kind, action, &log)
            // We cannot tell their addresses, and a peer that matches nobody never opens anything.
            peers = []
        }
    }

    private static func reportsEgressOnly(
        _ field: Field, _ names: [String], _ kind: ClusterPolicyKind, _ log: inout ProblemLog
    ) -> Bool {
        let others = kind.peerNames(.egress).filter { !names.contains($0) }
        guard let wrong = others.compactMap({ field[$0] }).first else { return false }
        log.error(
            wrong, "is a peer of egress rules only",
            remedy: "of sources, the API knows \(names.joined(separator: " and "))")
        return true
    }

    private static func networks(_ field: Field, _ log: inout ProblemLog) -> [Peer] {
        var written: Set<String> = []
        var peers: [Peer] = []
        for element in field.elements(atMost: 25, emptyRemedy: "write at least one block", &log) {
            guard let block = element.block(&log), let text = element.string(&log)
            else { continue }
            if !written.insert(text).inserted {
                log.error(
                    element, "\(MessageText.quoted(text)) stands twice", remedy: "remove one")
            }
            peers.append(.network(block, except: []))
        }
        return peers
    }

    private static func checkDomainNames(
        _ field: Field, _ kind: ClusterPolicyKind, _ action: Action?, _ log: inout ProblemLog
    ) {
        let errors = log.errorCount
        let allow = kind == .clusterNetworkPolicy ? "Accept" : "Allow"
        if let action, action != .allow {
            log.error(
                field, "stands in a rule that does not \(allow.lowercased())",
                remedy: "domain names can only be peers of \(allow)")
        }
        var written: Set<String> = []
        for element in field.elements(atMost: 25, emptyRemedy: "write at least one name", &log) {
            guard let name = element.string(&log) else { continue }
            if !NameSyntax.isDomainPattern(name) {
                log.error(
                    element, "\(MessageText.quoted(name)) is not a domain name",
                    remedy: NameSyntax.domainPatternRule)
            } else if !written.insert(name).inserted {
                log.error(
                    element, "\(MessageText.quoted(name)) stands twice", remedy: "remove one")
            }
        }
        guard log.errorCount == errors else { return }
        log.warning(
            field, "is not enforced: the names stand for no address, and the peer allows nothing",
            remedy: "write networks for addresses that are known")
    }
}
