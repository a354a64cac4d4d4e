// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension NodeConfiguration {
    /// Those of Felix's some 200 settings that bear on policies.
    private static let ownFields = [
        "iptablesFilterDenyAction", "nftablesFilterDenyAction", "defaultEndpointToHostAction",
        "workloadSourceSpoofing", "failsafeInboundHostPorts", "failsafeOutboundHostPorts",
        "ipipEnabled", "vxlanEnabled", "vxlanPort", "wireguardEnabled", "wireguardEnabledV6",
        "wireguardListeningPort", "wireguardListeningPortV6",
    ]

    /// Decodes the fields of a FelixConfiguration that bear on policies; the others have no effect.
    init?(_ object: Field, _ log: inout ProblemLog) {
        guard let metadata = ObjectMetadata(calico: object, kind: "FelixConfiguration", &log)
        else { return nil }
        self.init(name: metadata.name)
        guard let spec = object.structure("spec", &log) else { return }
        spec.warnOfNearMisses(of: Self.ownFields, &log)
        let actions: KeyValuePairs<String, EnforcementSettings.DenyAction> = [
            "Drop": .drop, "Reject": .reject,
        ]
        let older = spec.choice("iptablesFilterDenyAction", actions, ignoresCase: true, &log)
        denyAction =
            spec.choice("nftablesFilterDenyAction", actions, ignoresCase: true, &log) ?? older
        endpointToHost = spec.choice(
            "defaultEndpointToHostAction",
            ["Drop": .drop, "Accept": .accept, "Return": .proceed], ignoresCase: true, &log)
        allowsFurtherSources = spec.choice(
            "workloadSourceSpoofing", ["Any": true, "Disabled": false], ignoresCase: true,
            &log)
        failsafeInbound = Self.failsafePorts(spec["failsafeInboundHostPorts"], &log)
        failsafeOutbound = Self.failsafePorts(spec["failsafeOutboundHostPorts"], &log)
        tunnels = TunnelConfiguration(spec, &log)
    }

    /// Nil where the field is absent; an empty list leaves no port open.
    private static func failsafePorts(
        _ field: Field?, _ log: inout ProblemLog
    ) -> [EnforcementSettings.FailsafePort]? {
        field?.objects(&log).compactMap { entry in
            entry.warnOfUnknown(besides: ["protocol", "port", "net"], &log)
            guard let protocolField = entry["protocol"] else {
                log.missing("protocol", of: entry, remedy: "write TCP, UDP or SCTP")
                return nil
            }
            guard let portField = entry["port"] else {
                log.missing("port", of: entry)
                return nil
            }
            guard let transport = protocolField.portProtocol(&log),
                let number = portField.portNumber(&log)
            else { return nil }
            return EnforcementSettings.FailsafePort(
                transport, number, network: entry["net"]?.blockOrAddress(&log))
        }
    }
}
