// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Rule {
    private static let limit = 1024

    /// The rules of one direction of a `spec`.
    ///
    /// - Parameter namespace: the policy's own; nil where it belongs to the cluster.
    static func list(
        _ spec: Field?, _ direction: Direction, namespace: String?, _ log: inout ProblemLog
    ) -> [Rule] {
        let rules = spec?.elements(of: direction.rawValue, atMost: limit, &log) ?? []
        return rules.compactMap { Rule(calico: $0, direction, namespace: namespace, &log) }
    }

    private static let fields = [
        "action", "ipVersion", "protocol", "notProtocol", "icmp", "notICMP", "source",
        "destination", "http", "metadata",
    ]

    /// Decodes a rule of Calico's.
    private init?(
        calico field: Field, _ direction: Direction, namespace: String?, _ log: inout ProblemLog
    ) {
        guard field.isMapping(&log) else { return nil }
        field.warnOfUnknown(
            besides: Self.fields, confusions: ["from": "source", "to": "destination"],
            effect: "does not narrow the rule", &log)
        guard let action = Self.action(field, &log) else { return nil }
        let family = Self.family(field, &log)
        let source = EntityRule(
            field, .source, direction, namespace: namespace, family: family, &log)
        let destination = EntityRule(
            field, .destination, direction, namespace: namespace, family: family, &log)
        let protocols = RuleProtocols(field, family: family, &log)
        if !source.allPorts.isEmpty || !destination.allPorts.isEmpty {
            protocols.requirePorts(of: field, source, destination, &log)
        }
        let isIngress = direction == .ingress
        self.init(
            action, peers: isIngress ? source.peers : destination.peers,
            ports: protocols.ports(destination.ports),
            conditions: RuleConditions(
                family: family,
                exceptPorts: protocols.exceptions + protocols.matches(destination.notPorts),
                sourcePorts: source.ports.isEmpty ? .all : .only(protocols.matches(source.ports)),
                exceptSourcePorts: protocols.matches(source.notPorts),
                own: isIngress ? destination.peers : source.peers))
        applyHTTP(field, &log)
        for (_, value) in field.structure("metadata", &log)?["annotations"]?.entries(&log) ?? [] {
            _ = value.string(&log)
        }
    }

    private static func action(_ field: Field, _ log: inout ProblemLog) -> Action? {
        guard field["action"] != nil else {
            log.missing("action", of: field, remedy: "write Allow, Deny, Log or Pass")
            return nil
        }
        let errors = log.errorCount
        let actions: KeyValuePairs<String, Action> = [
            "Allow": .allow, "Deny": .deny, "Log": .log, "Pass": .pass,
        ]
        if let action = field.choice("action", actions, &log) { return action }
        if log.errorCount == errors {
            log.missing("action", of: field, remedy: "write Allow, Deny, Log or Pass")
        }
        return nil
    }

    private static func family(_ field: Field, _ log: inout ProblemLog) -> AddressFamily? {
        guard let version = field["ipVersion"], let number = version.integer(&log) else {
            return nil
        }
        switch number {
        case 4: return .ipv4
        case 6: return .ipv6
        default:
            log.error(version, "\(number) is not a version of IP", remedy: "write 4 or 6")
            return nil
        }
    }

    /// S67: what a packet carries cannot be asked here. A rule that lets packets through then
    /// matches none, and one that denies or logs matches as if nothing were asked.
    private mutating func applyHTTP(_ field: Field, _ log: inout ProblemLog) {
        guard let http = field["http"] else { return }
        if http.isMapping(&log) { http.checkHTTP(besides: field["protocol"], &log) }
        switch action {
        case .allow, .pass:
            peers = .only([])
            log.warning(
                http, "is not enforced here, and so the rule matches nothing",
                remedy: "write a rule by address and port, or enforce this one elsewhere")
        case .deny, .log:
            log.warning(
                http, "is not enforced here, and so the rule matches as if it were not there",
                remedy: "write a rule by address and port, or enforce this one elsewhere")
        }
    }
}

extension Field {
    /// Checks what the API checks of `http`.
    fileprivate func checkHTTP(besides transport: Field?, _ log: inout ProblemLog) {
        warnOfUnknown(besides: ["methods", "paths", "headers"], &log)
        if let transport, transport.node.scalar != .string("TCP") {
            log.error(
                transport, "is not the protocol of http",
                remedy: "write protocol: TCP, or leave http out")
        }
        for method in self["methods"]?.elements(&log) ?? [] { _ = method.string(&log) }
        for path in self["paths"]?.objects(&log) ?? [] {
            _ = path.onlyMember(
                of: ["exact", "prefix"], confusions: [:], none: "names no path", &log)
        }
    }
}
