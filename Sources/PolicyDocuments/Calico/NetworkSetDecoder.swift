// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension NetworkSet {
    /// Decodes a NetworkSet or a GlobalNetworkSet.
    ///
    /// - Parameter namespace: the namespace of a set that names none; nil for a global one.
    init?(_ object: Field, namespace: String?, _ log: inout ProblemLog) {
        let kind: CalicoKind = namespace == nil ? .globalNetworkSet : .networkSet
        guard
            let metadata = ObjectMetadata(
                calico: object, kind: kind.rawValue, namespace: namespace, &log)
        else { return nil }
        let spec = object.structure("spec", &log)
        spec?.requireKnown(besides: ["nets", "allowedEgressDomains"], &log)
        let reserved = "projectcalico.org/namespace"
        if metadata.labels[reserved] != nil, let field = object["metadata"]?["labels"] {
            log.error(field, "has the label \(reserved)", remedy: "use another label")
        }
        let blocks = (spec?["nets"]?.elements(&log) ?? [])
            .compactMap { $0.blockOrAddress(&log) }
        if let domains = spec?["allowedEgressDomains"] {
            log.warning(domains, "is not enforced here", remedy: "list addresses in nets")
        }
        self.init(
            id: NetworkSetID(namespace: metadata.namespace, name: metadata.name),
            labels: metadata.labels, blocks: blocks)
    }
}

extension Field {
    /// The value as a block of addresses; an address alone is a block of one.
    func blockOrAddress(_ log: inout ProblemLog) -> CIDR? {
        if case .string(let text) = node.scalar, !text.contains("/"),
            let address = IPAddress(text), !address.isMappedIPv4
        {
            return CIDR(address, prefixLength: address.family == .ipv4 ? 32 : 128)
        }
        return block(&log)
    }
}
