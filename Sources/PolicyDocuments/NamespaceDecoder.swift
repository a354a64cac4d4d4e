// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Namespace {
    /// Decodes an object of kind Namespace.
    init?(_ object: Field, _ log: inout ProblemLog) {
        guard
            let metadata = ObjectMetadata(
                of: object, kind: "Namespace", scope: .cluster, isValidName: NameSyntax.isLabel,
                nameRule: NameSyntax.labelRule, &log)
        else { return nil }
        // The server sets this one on every namespace; the model adds it by itself (S11).
        var labels = metadata.labels
        labels[Namespace.nameLabel] = nil
        self.init(name: metadata.name, labels: labels)
    }
}
