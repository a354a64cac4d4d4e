// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A range from which Calico gives addresses to workloads: all that bears on policies are the tunnels
/// by which nodes reach them.
extension NodeConfiguration {
    private static let poolFields = [
        "cidr", "vxlanMode", "ipipMode", "natOutgoing", "nat-outgoing", "ipip", "disabled",
        "disableBGPExport", "blockSize", "nodeSelector", "namespaceSelector", "allowedUses",
        "assignmentMode",
    ]
    private static let modes: KeyValuePairs = ["Always": true, "CrossSubnet": true, "Never": false]

    /// Decodes an object of kind IPPool.
    init?(pool object: Field, _ log: inout ProblemLog) {
        guard let metadata = ObjectMetadata(calico: object, kind: "IPPool", &log),
            let spec = object.structure("spec", &log)
        else { return nil }
        self.init(name: Self.poolPrefix + metadata.name)
        spec.warnOfUnknown(besides: Self.poolFields, &log)
        var family = AddressFamily.ipv4
        if let field = spec["cidr"] {
            family = field.block(&log)?.family ?? family
        } else {
            log.missing("cidr", of: spec, remedy: "write a block such as 10.244.0.0/16")
        }
        tunnels.ipip = spec.choice("ipipMode", Self.modes, &log)
        let vxlan = spec.choice("vxlanMode", Self.modes, &log)
        if family == .ipv4 { tunnels.vxlan = vxlan } else { tunnels.vxlanV6 = vxlan }
        for name in ["natOutgoing", "disabled", "disableBGPExport"] { _ = spec.flag(name, &log) }
        _ = spec["blockSize"]?.integer(&log)
        _ = spec["nodeSelector"]?.selector(.endpoints, &log)
    }
}
