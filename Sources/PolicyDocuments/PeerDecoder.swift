// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension Peer {
    /// Decodes an entry of `from` or `to` (validation.go: `ValidateNetworkPolicyPeer`).
    ///
    /// - Parameter namespace: The policy's own, to which a podSelector alone is confined (S8).
    init?(_ field: Field, namespace: String, _ log: inout ProblemLog) {
        guard field.isMapping(&log) else { return nil }
        field.warnOfUnknown(besides: ["podSelector", "namespaceSelector", "ipBlock"], &log)
        // An absent selector and `{}` differ: null is absent (S8).
        let pods = field["podSelector"].map { Selector($0, &log) }
        let namespaces = field["namespaceSelector"].map { Selector($0, &log) }
        if let block = field["ipBlock"] {
            if pods != nil || namespaces != nil {
                log.error(
                    field, "has an ipBlock and a selector",
                    remedy: "make two entries of them, either of which may match")
            }
            self.init(block: block, &log)
            return
        }
        switch (namespaces, pods) {
        case (nil, nil):
            log.error(
                field, "names nobody",
                remedy: "write a podSelector, a namespaceSelector or an ipBlock")
            return nil
        case (nil, let pods?):
            self = .endpoints(EndpointSelector(namespaces: .named(namespace), labels: pods))
        case (let namespaces?, let pods):
            let scope: NamespaceScope = namespaces == .everything ? .any : .labelled(namespaces)
            self = .endpoints(EndpointSelector(namespaces: scope, labels: pods ?? .everything))
        }
    }

    /// Decodes an `ipBlock` (validation.go: `ValidateIPBlock`).
    init?(block field: Field, _ log: inout ProblemLog) {
        guard field.isMapping(&log) else { return nil }
        field.warnOfUnknown(besides: ["cidr", "except"], &log)
        let exceptions = field["except"]?.elements(&log) ?? []
        guard let blockField = field["cidr"] else {
            log.missing("cidr", of: field)
            return nil
        }
        guard let block = blockField.block(&log) else { return nil }
        var except: [CIDR] = []
        for exception in exceptions {
            guard let inner = exception.block(&log) else { continue }
            if block.contains(inner), inner.prefixLength > block.prefixLength {
                except.append(inner)
            } else {
                let isOtherFamily = inner.family != block.family
                log.error(
                    exception,
                    isOtherFamily
                        ? "\(inner) is not of the family of \(block)"
                        : "\(inner) is not a smaller block inside \(block)",
                    remedy: "except takes away a part of cidr", topic: .exceptOutsideBlock)
            }
        }
        self = .network(block, except: except)
    }
}

extension Field {
    /// The value as a block of addresses, its host bits cleared (S17).
    func block(_ log: inout ProblemLog) -> CIDR? {
        guard let text = string(&log) else { return nil }
        let written = text.split(separator: "/").first.flatMap { IPAddress($0) }
        guard let block = CIDR(text), let written, !written.isMappedIPv4 else {
            log.error(
                self, "\(MessageText.quoted(text)) is not a CIDR block",
                remedy: Self.remedy(forBlock: text, address: written))
            return nil
        }
        if block.network != written {
            let length = written.family == .ipv4 ? 32 : 128
            log.warning(
                self,
                "\(MessageText.quoted(text)) has bits set after its prefix and means \(block)",
                remedy: "write \(block), or \(written)/\(length) for the one address",
                topic: .hostBits)
        }
        return block
    }

    private static func remedy(forBlock text: String, address: IPAddress?) -> String {
        if let address, address.isMappedIPv4 { return "write IPv4 blocks as IPv4" }
        if let address, !text.contains("/") {
            return "write \(address)/\(address.family == .ipv4 ? 32 : 128) for the one address"
        }
        return "write an address, a slash and a prefix length, such as 10.0.0.0/24"
    }
}
