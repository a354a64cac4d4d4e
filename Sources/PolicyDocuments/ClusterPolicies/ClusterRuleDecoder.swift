// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Rule {
    /// Decodes an entry of `ingress` or `egress` of a cluster-wide policy.
    ///
    /// Unlike in a NetworkPolicy there is always at least one peer (S57). Where nothing is said of
    /// protocols, every packet is meant.
    init?(
        clusterRule field: Field, _ direction: Direction, _ kind: ClusterPolicyKind,
        _ log: inout ProblemLog
    ) {
        guard field.isMapping(&log) else { return nil }
        let peersName = direction == .ingress ? "from" : "to"
        let otherName = direction == .ingress ? "to" : "from"
        let otherPorts = kind.portsName == "ports" ? "protocols" : "ports"
        field.warnOfUnknown(
            besides: ["name", "action", peersName, kind.portsName],
            confusions: [
                otherName: peersName, otherPorts: kind.portsName, "match": kind.portsName,
            ],
            effect: "does not narrow the rule", &log)
        let name = Self.ruleName(field["name"], &log)
        let action = Self.action(field, kind, &log)
        let ports = field[kind.portsName].map { Ports(clusterPorts: $0, kind, &log) }
        let remedy = Self.peersRemedy(direction)
        var peers: [ClusterPeer] = []
        if let list = field[peersName] {
            peers = list.elements(
                atMost: kind.listLimit, emptyRemedy: remedy, nullHint: remedy, &log
            ).compactMap { ClusterPeer($0, direction, kind, action, &log) }
        } else {
            log.missing(peersName, of: field, remedy: remedy)
        }
        if ports?.hasNames == true, let other = peers.first(where: { !$0.isPods }) {
            log.error(
                other.field, "is a peer without named ports, and the rule names one",
                remedy: "make a rule of its own for it, with the port's number")
        }
        guard let action else { return nil }
        self.init(
            action, peers: .only(peers.flatMap(\.peers)), ports: ports ?? .all, name: name)
    }

    private static func peersRemedy(_ direction: Direction) -> String {
        let pods = "write at least one peer, such as namespaces: {} for every pod"
        return direction == .ingress ? pods : "\(pods) or networks for addresses outside"
    }

    private static func ruleName(_ field: Field?, _ log: inout ProblemLog) -> String? {
        guard let field, let name = field.string(&log), !name.isEmpty else { return nil }
        if name.unicodeScalars.count > 100 {
            log.error(field, "is longer than 100 characters", remedy: "shorten it")
        }
        // It is only ever shown, and must not break the line or command the terminal.
        return MessageText.line(name)
    }

    private static func action(
        _ rule: Field, _ kind: ClusterPolicyKind, _ log: inout ProblemLog
    ) -> Action? {
        let allow = kind == .clusterNetworkPolicy ? "Accept" : "Allow"
        let words = kind.actions.count == 2 ? "\(allow) or Deny" : "\(allow), Deny or Pass"
        guard let field = rule["action"] else {
            log.missing("action", of: rule, remedy: "write \(words)")
            return nil
        }
        guard let text = field.string(&log) else { return nil }
        if let action = kind.actions[text] { return action }
        let isOtherAllow = ["accept", "allow"].contains(text.lowercased())
        let meant = isOtherAllow ? allow : NearMiss.of(text, among: kind.actions.keys.sorted())
        log.error(
            field, "\(MessageText.quoted(text)) is not an action of \(kind.rawValue)",
            remedy: "write \(meant ?? words)")
        return nil
    }
}

extension Ports {
    /// Whether a port is given by its name.
    fileprivate var hasNames: Bool {
        guard case .only(let list) = self else { return false }
        return list.contains { if case .named = $0 { true } else { false } }
    }
}
