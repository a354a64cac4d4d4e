// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Profile {
    /// Decodes an object of kind Profile.
    init?(_ object: Field, _ log: inout ProblemLog) {
        guard let metadata = ObjectMetadata(calico: object, kind: "Profile", &log) else {
            return nil
        }
        let spec = object.structure("spec", &log)
        spec?.warnOfUnknown(besides: ["ingress", "egress", "labelsToApply"], &log)
        for direction in Direction.allCases {
            for rule in spec?[direction.rawValue]?.elements(&log) ?? [] {
                guard let action = rule["action"], action.node.scalar == .string("Pass") else {
                    continue
                }
                log.error(
                    action, "leads nowhere, for profiles are asked last",
                    remedy: "write Allow, Deny or Log")
            }
        }
        self.init(
            name: metadata.name, labels: spec?["labelsToApply"]?.labels(&log) ?? [:],
            ingress: Rule.list(spec, .ingress, namespace: nil, &log),
            egress: Rule.list(spec, .egress, namespace: nil, &log))
    }
}
