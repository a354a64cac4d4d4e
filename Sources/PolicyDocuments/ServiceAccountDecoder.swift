// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension ServiceAccount {
    /// Decodes an object of kind ServiceAccount.
    init?(_ object: Field, defaultNamespace: String, _ log: inout ProblemLog) {
        guard
            let metadata = ObjectMetadata(
                of: object, kind: "ServiceAccount", scope: .namespaced(default: defaultNamespace),
                isValidName: NameSyntax.isSubdomain, nameRule: NameSyntax.subdomainRule, &log)
        else { return nil }
        self.init(
            id: ServiceAccountID(
                namespace: metadata.namespace ?? defaultNamespace, name: metadata.name),
            labels: metadata.labels)
    }
}
