// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Tier {
    /// Decodes an object of kind Tier. Without an order it comes last.
    ///
    /// The tiers that every cluster has may be stated, but not otherwise than they are.
    init?(_ object: Field, _ log: inout ProblemLog) {
        guard let metadata = ObjectMetadata(calico: object, kind: "Tier", &log) else { return nil }
        if !NameSyntax.isLabel(metadata.name), let field = object["metadata"]?["name"] {
            log.error(
                field, "\(MessageText.quoted(metadata.name)) is not a tier's name",
                remedy: NameSyntax.labelRule)
        }
        let spec = object.structure("spec", &log)
        spec?.requireKnown(besides: ["order", "defaultAction"], &log)
        let order = spec?["order"]?.order(&log)
        let action = spec?.choice(
            "defaultAction", ["Deny": DefaultAction.deny, "Pass": .pass], &log)
        if let known = Tier.builtIn.first(where: { $0.name == metadata.name }) {
            if let field = spec?["order"], let order, order != known.order {
                log.error(
                    field, "the tier \(known.name) has the order \(Int(known.order)) always",
                    remedy: "make a tier of another name")
            }
            if let field = spec?["defaultAction"], let action, action != known.defaultAction {
                log.error(
                    field, "the tier \(known.name) has another default action always",
                    remedy: "write \(known.defaultAction == .deny ? "Deny" : "Pass")")
            }
            self = known
            return
        }
        self.init(
            name: metadata.name, order: order ?? .infinity, defaultAction: action ?? .deny)
    }
}
