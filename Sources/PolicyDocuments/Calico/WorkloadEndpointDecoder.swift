// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension WorkloadEndpoint {
    private static let fields = [
        "orchestrator", "workload", "node", "containerID", "pod", "endpoint",
        "serviceAccountName", "ipNetworks", "ipNATs", "ipv4Gateway", "ipv6Gateway", "profiles",
        "interfaceName", "mac", "ports", "allowSpoofedSourcePrefixes", "qosControls",
    ]

    /// Decodes an object of kind WorkloadEndpoint.
    init?(_ object: Field, defaultNamespace: String, _ log: inout ProblemLog) {
        guard
            let metadata = ObjectMetadata(
                calico: object, kind: "WorkloadEndpoint", namespace: defaultNamespace, &log)
        else { return nil }
        guard let spec = object.structure("spec", &log) else {
            if object["spec"] == nil { log.missing("spec", of: object) }
            return nil
        }
        spec.warnOfUnknown(besides: Self.fields, &log)
        let errors = log.errorCount
        let orchestrator = spec.text("orchestrator", &log)
        if orchestrator == nil, log.errorCount == errors {
            log.missing("orchestrator", of: spec, remedy: "write k8s if the workload is a pod")
        }
        let isPod = orchestrator == "k8s"
        let pod = spec.text("pod", &log)
        if isPod, pod == nil, log.errorCount == errors {
            log.missing("pod", of: spec, remedy: "say which pod it is about")
        }
        let interface = spec["interfaceName"]?.interfaceName(&log)
        if interface == nil, log.errorCount == errors {
            log.missing(
                "interfaceName", of: spec, remedy: "name the interface on the node's side")
        }
        let id = EndpointID(
            kind: isPod ? .pod : .workload, namespace: metadata.namespace ?? defaultNamespace,
            name: isPod ? pod ?? metadata.name : metadata.name)
        // It has no account and no profile that it does not name: its API leaves empty lists out.
        let names = spec.profileNames(&log) ?? []
        let account =
            spec.text("serviceAccountName", &log)
            ?? metadata.labels["projectcalico.org/serviceaccount"]
            ?? names.lazy.compactMap { ServiceAccountID(profile: $0) }
            .first { $0.namespace == id.namespace }?.name
            ?? (isPod ? "" : nil)
        var endpoint = Endpoint(
            id: id, labels: metadata.labels.filter { !$0.key.hasPrefix("projectcalico.org/") },
            node: spec.text("node", &log), addresses: Self.addresses(spec, &log),
            namedPorts: spec.endpointPorts(&log), created: metadata.created,
            serviceAccount: account)
        let sources = (spec["allowSpoofedSourcePrefixes"]?.elements(&log) ?? [])
            .compactMap { $0.blockOrAddress(&log) }
        endpoint.particulars = EndpointParticulars(
            interface: interface,
            profiles: Self.isUsual(names, for: endpoint) ? nil : names, allowedSources: sources,
            orchestrator: isPod ? nil : orchestrator)
        self.init(endpoint)
    }

    private static func addresses(_ spec: Field, _ log: inout ProblemLog) -> [IPAddress] {
        var addresses: [IPAddress] = []
        for field in spec["ipNetworks"]?.elements(&log) ?? [] {
            guard let block = field.blockOrAddress(&log) else { continue }
            if block.prefixLength != (block.family == .ipv4 ? 32 : 128) {
                log.error(
                    field, "\(block) is more than one address",
                    remedy: "write /32 for IPv4 and /128 for IPv6")
            }
            if !addresses.contains(block.network) { addresses.append(block.network) }
        }
        return addresses
    }

    /// Whether the profiles are those that every pod has.
    private static func isUsual(_ names: [String], for endpoint: Endpoint) -> Bool {
        guard endpoint.id.kind == .pod else { return false }
        return names == [Profile.name(ofNamespace: endpoint.id.namespace)]
            + (endpoint.serviceAccountID.map { [Profile.name(of: $0)] } ?? [])
    }
}
