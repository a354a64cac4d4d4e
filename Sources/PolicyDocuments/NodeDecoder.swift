// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Node {
    /// Decodes an object of kind Node.
    init?(_ object: Field, _ log: inout ProblemLog) {
        guard
            let metadata = ObjectMetadata(
                of: object, kind: "Node", scope: .cluster, isValidName: NameSyntax.isSubdomain,
                nameRule: NameSyntax.subdomainRule, &log)
        else { return nil }
        var addresses: [IPAddress] = []
        for entry in object.structure("status", &log)?["addresses"]?.objects(&log) ?? [] {
            // The other types, Hostname and InternalDNS among them, are names.
            guard let type = entry["type"]?.string(&log),
                type == "InternalIP" || type == "ExternalIP",
                let address = entry["address"]?.address(&log), !addresses.contains(address)
            else { continue }
            addresses.append(address)
        }
        self.init(name: metadata.name, addresses: addresses, labels: metadata.labels)
    }
}

extension Field {
    /// The value as an address.
    func address(_ log: inout ProblemLog) -> IPAddress? {
        guard let text = string(&log) else { return nil }
        if let address = IPAddress(text), !address.isMappedIPv4 { return address }
        log.error(
            self, "\(MessageText.quoted(text)) is not an address",
            remedy: "write IPv4 as four decimal numbers without leading zeros, or IPv6")
        return nil
    }
}

extension IPAddress {
    /// Whether this is an IPv4 address in IPv6 clothing, `::ffff:10.0.0.1`, which programs take
    /// for one family or for the other.
    var isMappedIPv4: Bool {
        guard case .ipv6(let bits) = self else { return false }
        return bits >> 32 == 0xFFFF
    }
}
