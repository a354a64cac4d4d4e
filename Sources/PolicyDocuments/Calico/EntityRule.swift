// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What one of Calico's rules says of one end of a packet.
struct EntityRule {
    /// The end of a packet.
    enum End: String {
        case source, destination
    }

    /// The addresses that are meant.
    private(set) var peers = Peers.anyone
    private(set) var ports: [RulePort] = []
    private(set) var notPorts: [RulePort] = []

    /// All ports that are named, wanted or not.
    var allPorts: [RulePort] { ports + notPorts }

    private static let mostNets = 256
    private static let mostPorts = 50
    private static let fields = [
        "nets", "notNets", "selector", "notSelector", "namespaceSelector", "serviceAccounts",
        "services", "ports", "notPorts",
    ]

    /// Decodes `source` or `destination`; without it every address is meant.
    init(
        _ rule: Field, _ end: End, _ direction: Direction, namespace: String?,
        family: AddressFamily?, _ log: inout ProblemLog
    ) {
        guard let field = rule.structure(end.rawValue, &log) else { return }
        field.warnOfUnknown(
            besides: Self.fields, effect: "does not narrow the rule", &log)
        ports = Self.ports("ports", of: field, &log)
        notPorts = Self.ports("notPorts", of: field, &log)
        let nets = Self.nets("nets", of: field, family, &log)
        let notNets = Self.nets("notNets", of: field, family, &log) ?? []
        var selector = Self.selector(field, namespace: namespace, &log)
        var other = field["notSelector"]?.selector(.endpoints, &log)
        if let labels = selector?.labels, let unwanted = other {
            // Whoever owns the address is known then, and it is their labels that are asked: it
            // does not matter who else has a block with the address in it (S63).
            selector?.labels =
                labels == .everything ? .not(unwanted) : .all([labels, .not(unwanted)])
            other = nil
        }
        if let services = field.structure("services", &log) {
            let isOther = (end == .source) == (direction == .ingress)
            peers = Self.service(services, of: field, end, isOther, namespace, &log)
            return
        }
        switch (selector, other, nets, notNets) {
        case (nil, nil, nil, []): peers = .anyone
        case (let selector?, nil, nil, []): peers = .only([.endpoints(selector)])
        case (nil, nil, let nets?, []): peers = .only(nets.map { .network($0, except: []) })
        default:
            let match = AddressMatch(
                selector: selector,
                notSelector: other.map {
                    EndpointSelector(namespaces: .any, labels: $0, reach: .everything)
                }, nets: nets, notNets: notNets)
            peers = .only([.addresses(match)])
        }
    }

    private static func ports(
        _ name: String, of field: Field, _ log: inout ProblemLog
    ) -> [RulePort] {
        field.elements(of: name, atMost: mostPorts, &log).compactMap { RulePort($0, &log) }
    }

    /// Nil where the list is absent or empty; a list of which an entry is wrong is never empty.
    private static func nets(
        _ name: String, of field: Field, _ family: AddressFamily?, _ log: inout ProblemLog
    ) -> [CIDR]? {
        let elements = field.elements(of: name, atMost: mostNets, &log)
        if elements.isEmpty { return nil }
        return elements.compactMap { element in
            guard let block = element.blockOrAddress(&log) else { return nil }
            if let family, block.family != family {
                log.error(
                    element, "\(block) is not of the rule's ipVersion",
                    remedy: "leave the block or ipVersion out")
            }
            return block
        }
    }

    /// The endpoints that must own the address. As soon as a policy of a namespace says anything
    /// about endpoints, those of its own namespace are meant unless it names others.
    private static func selector(
        _ field: Field, namespace: String?, _ log: inout ProblemLog
    ) -> EndpointSelector? {
        let labels = field["selector"]?.selector(.endpoints, &log)
        let namespaces = field["namespaceSelector"]?.selector(.namespaces, &log)
        let accounts = field.structure("serviceAccounts", &log)
            .flatMap { Selector(serviceAccounts: $0, &log) }
        let hasNotSelector = field["notSelector"].map { $0.node.content != .quoted("") } ?? false
        let isAsked =
            labels != nil || namespaces != nil || accounts != nil
            || hasNotSelector && namespace != nil
        guard isAsked else { return nil }
        let scope =
            namespaces.map(NamespaceScope.labelled)
            ?? namespace.map(NamespaceScope.named) ?? .any
        return EndpointSelector(
            namespaces: scope, labels: labels ?? .everything, serviceAccounts: accounts,
            reach: .everything)
    }

    private static func service(
        _ services: Field, of field: Field, _ end: End, _ isOther: Bool, _ namespace: String?,
        _ log: inout ProblemLog
    ) -> Peers {
        services.warnOfUnknown(besides: ["name", "namespace"], &log)
        if !isOther {
            log.error(
                services, "stands at the end of the policy's own endpoints",
                remedy: "services go with source in ingress, with destination in egress")
        }
        for name in fields where name != "services" && field[name] != nil {
            if end == .source, name == "ports" || name == "notPorts" { continue }
            log.error(
                services, "stands beside \(name)",
                remedy: "a service brings its own addresses and ports: leave \(name) out")
        }
        let errors = log.errorCount
        guard let name = services.text("name", &log) else {
            if log.errorCount == errors {
                log.missing("name", of: services, remedy: "name the service")
            }
            return .only([])
        }
        guard let place = services.text("namespace", &log) ?? namespace else {
            if log.errorCount == errors {
                log.missing(
                    "namespace", of: services,
                    remedy: "a policy of the whole cluster says in which namespace it is")
            }
            return .only([])
        }
        return .only([.service(ServiceID(namespace: place, name: name))])
    }
}

extension Selector {
    /// Decodes `serviceAccounts`; nil if it asks nothing.
    fileprivate init?(serviceAccounts field: Field, _ log: inout ProblemLog) {
        field.warnOfUnknown(besides: ["names", "selector"], &log)
        let selector = field["selector"]?.selector(.endpoints, &log)
        var names: [String] = []
        for element in field["names"]?.elements(&log) ?? [] {
            guard let name = element.string(&log) else { continue }
            if !NameSyntax.isSubdomain(name) {
                log.error(
                    element, "\(MessageText.quoted(name)) is not a service account's name",
                    remedy: NameSyntax.subdomainRule)
            }
            names.append(name)
        }
        let named =
            names.isEmpty
            ? nil
            : Selector.isOneOf(key: ServiceAccount.nameLabel, values: Set(names).sorted())
        switch (named, selector) {
        case (nil, nil): return nil
        case (let only?, nil), (nil, let only?): self = only
        case (let named?, let selector?): self = .all([named, selector])
        }
    }
}
