// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// A range from which Calico gives addresses to workloads. It has no effect on policies.
enum IPPool {
    private static let fields = [
        "cidr", "vxlanMode", "ipipMode", "natOutgoing", "nat-outgoing", "ipip", "disabled",
        "disableBGPExport", "blockSize", "nodeSelector", "namespaceSelector", "allowedUses",
        "assignmentMode",
    ]

    /// Finds what is wrong with an object of kind IPPool.
    static func validate(_ object: Field, _ log: inout ProblemLog) {
        guard ObjectMetadata(calico: object, kind: "IPPool", &log) != nil,
            let spec = object.structure("spec", &log)
        else { return }
        spec.warnOfUnknown(besides: fields, &log)
        if let field = spec["cidr"] {
            _ = field.block(&log)
        } else {
            log.missing("cidr", of: spec, remedy: "write a block such as 10.244.0.0/16")
        }
        for mode in ["ipipMode", "vxlanMode"] {
            _ = spec.choice(
                mode, ["Always": true, "CrossSubnet": true, "Never": false], &log)
        }
        for name in ["natOutgoing", "disabled", "disableBGPExport"] { _ = spec.flag(name, &log) }
        _ = spec["blockSize"]?.integer(&log)
        _ = spec["nodeSelector"]?.selector(.endpoints, &log)
    }
}
