// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Calico's objects other than policies.
extension ManifestSpelling {
    /// Nil for a tier that every cluster has, now and then.
    mutating func tier(_ tier: Tier) -> ManifestValue? {
        if Tier.builtIn.contains(tier), random.chance(50) { return nil }
        let isDefault = tier.defaultAction == .deny && random.chance(50)
        return calico(
            "Tier", name: tier.name,
            spec: [
                "defaultAction": isDefault ? nil : tier.defaultAction == .deny ? "Deny" : "Pass",
                "order": tier.order == .infinity ? nil : decimal(tier.order),
            ])
    }

    mutating func networkSet(_ set: NetworkSet) -> ManifestValue {
        calico(
            set.id.namespace == nil ? "GlobalNetworkSet" : "NetworkSet",
            namespace: set.id.namespace, name: set.id.name, labels: set.labels,
            spec: ["nets": .some(set.blocks.map { block($0) })])
    }

    mutating func profile(_ profile: Profile) -> ManifestValue {
        calico(
            "Profile", name: profile.name,
            spec: [
                "labelsToApply": .labels(profile.labels),
                "ingress": .some(profile.ingress.map { rule($0, .ingress, namespace: nil) }),
                "egress": .some(profile.egress.map { rule($0, .egress, namespace: nil) }),
            ])
    }

    /// The objects that tell of an endpoint: a Pod, a WorkloadEndpoint, or both; or a HostEndpoint.
    mutating func endpoint(_ endpoint: Endpoint) -> [ManifestValue] {
        switch endpoint.id.kind {
        case .host: return [hostEndpoint(endpoint)]
        case .workload: return [workload(endpoint)]
        case .pod where endpoint.particulars == nil: return [pod(endpoint)]
        case .pod:
            return random.chance(70) ? [pod(endpoint), workload(endpoint)] : [workload(endpoint)]
        }
    }

    private mutating func workload(_ endpoint: Endpoint) -> ManifestValue {
        let isPod = endpoint.id.kind == .pod
        let id = endpoint.id
        let orchestrator = isPod ? "k8s" : endpoint.particulars?.orchestrator ?? ""
        let account = endpoint.serviceAccount ?? (isPod ? ServiceAccount.standardName : nil)
        var labels = endpoint.labels
        labels["projectcalico.org/namespace"] = id.namespace
        labels["projectcalico.org/orchestrator"] = orchestrator
        if let account { labels["projectcalico.org/serviceaccount"] = account }
        let profiles =
            endpoint.particulars?.profiles
            ?? ["kns.\(id.namespace)", "ksa.\(id.namespace).\(account ?? "default")"]
        let name = "\(endpoint.node ?? "nowhere")-k8s-\(id.name.replacing("-", with: "--"))-eth0"
        return [
            "apiVersion": "projectcalico.org/v3", "kind": "WorkloadEndpoint",
            "metadata": metadata(
                namespace: id.namespace, name: isPod ? name : id.name, labels: labels,
                created: endpoint.created),
            "spec": [
                "orchestrator": .text(orchestrator),
                "workload": isPod ? nil : .text("instance-\(id.name)"),
                "node": endpoint.node.map(ManifestValue.text),
                "pod": isPod ? .text(id.name) : nil, "endpoint": "eth0",
                "serviceAccountName": account.map(ManifestValue.text),
                "interfaceName": endpoint.particulars?.interface.map(ManifestValue.text),
                "ipNetworks": .some(
                    endpoint.addresses.map {
                        .text("\($0)/\($0.family == .ipv4 ? 32 : 128)")
                    }),
                "profiles": .some(profiles.map(ManifestValue.text)),
                "ports": .some(endpoint.namedPorts.map { endpointPort($0) }),
                "allowSpoofedSourcePrefixes": .some(
                    (endpoint.particulars?.allowedSources ?? []).map {
                        .text($0.description)
                    }),
            ],
        ]
    }

    private mutating func hostEndpoint(_ endpoint: Endpoint) -> ManifestValue {
        calico(
            "HostEndpoint", name: endpoint.id.name, labels: endpoint.labels,
            created: endpoint.created,
            spec: [
                "node": endpoint.node.map(ManifestValue.text),
                "interfaceName": endpoint.particulars?.interface.map(ManifestValue.text),
                "expectedIPs": .some(endpoint.addresses.map { .text($0.description) }),
                "profiles": .some((endpoint.particulars?.profiles ?? []).map(ManifestValue.text)),
                "ports": .some(endpoint.namedPorts.map { endpointPort($0) }),
            ])
    }

    private mutating func endpointPort(_ port: NamedPort) -> ManifestValue {
        [
            "name": .text(port.name), "port": .word("\(port.number)"),
            "protocol": random.chance(80)
                ? .text(port.transport.description.uppercased())
                : .word("\(port.transport.rawValue)"),
        ]
    }

    mutating func configuration(_ configuration: NodeConfiguration) -> ManifestValue {
        let denyAction = configuration.denyAction.map { action -> ManifestValue in
            action == .drop ? "Drop" : "Reject"
        }
        let toHost = configuration.endpointToHost.map { action -> ManifestValue in
            switch action {
            case .accept: "Accept"
            case .drop: "Drop"
            case .proceed: "Return"
            }
        }
        return calico(
            "FelixConfiguration", name: configuration.name,
            spec: [
                "logSeverityScreen": "Info", "defaultEndpointToHostAction": toHost,
                "nftablesFilterDenyAction": denyAction,
                "failsafeInboundHostPorts": failsafePorts(configuration.failsafeInbound),
                "failsafeOutboundHostPorts": failsafePorts(configuration.failsafeOutbound),
            ])
    }

    private mutating func failsafePorts(
        _ ports: [EnforcementSettings.FailsafePort]?
    ) -> ManifestValue? {
        guard let ports else { return nil }
        return .list(
            ports.map { port in
                let name = port.transport.description
                return [
                    "net": port.network.map { .text($0.description) },
                    "port": .word("\(port.number)"),
                    "protocol": .text(random.pick([name.uppercased(), name.lowercased()])),
                ]
            })
    }
}
