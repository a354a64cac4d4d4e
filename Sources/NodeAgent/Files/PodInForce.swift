// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetworkPrimitives
import PolicyModel
import PolicyResolution

/// A pod of the node whose policies are in force, as its file tells it.
public struct PodInForce: Hashable, Sendable {
    /// The pod.
    public var id: EndpointID
    /// The addresses at which it is governed.
    public var addresses: [IPAddress]
    /// The policies for packets to it, in order, as `NetworkPolicy shop/allow-front`.
    public var ingress: [String]
    /// The policies for packets from it, in order.
    public var egress: [String]
    /// The interface by which its packets have to come; nil where that is not known.
    public var interface: String?

    /// A pod with these addresses and policies.
    public init(
        _ id: EndpointID, addresses: [IPAddress], ingress: [String] = [], egress: [String] = [],
        interface: String? = nil
    ) {
        self.id = id
        self.addresses = addresses
        self.ingress = ingress
        self.egress = egress
        self.interface = interface
    }

    /// A pod as its policies are resolved.
    public init(_ local: LocalEndpoint) {
        self.init(
            local.endpoint.id,
            addresses: local.addresses.ipv4.map(IPAddress.ipv4)
                + local.addresses.ipv6.map(IPAddress.ipv6),
            ingress: local.ingress.policyNames, egress: local.egress.policyNames,
            interface: local.endpoint.particulars?.interface)
    }

    /// The name of its file, `namespace_name`: no name of Kubernetes has an underscore, so that no
    /// two pods share one. Nil for names that Kubernetes does not give, and for a few that are longer
    /// together than a file's may be.
    public var fileName: String? {
        guard Self.isName(id.namespace), Self.isName(id.name) else { return nil }
        let name = "\(id.namespace)_\(id.name)"
        return name.utf8.count <= Self.longestName ? name : nil
    }

    /// `NAME_MAX` of Linux.
    private static let longestName = 255

    /// Whether a file with this name may be a pod's.
    static func isFileName(_ name: String) -> Bool {
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy(isName)
    }

    private static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.first != "." && text.last != "."
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
    }

    /// What its file holds, one line of JSON.
    func content(generation: UInt32?, time: Date) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        let content = Content(
            namespace: id.namespace, name: id.name, addresses: addresses.map(\.description),
            ingress: ingress, egress: egress, interface: interface, generation: generation,
            time: time)
        return try encoder.encode(content) + Data("\n".utf8)
    }

    private struct Content: Encodable {
        var namespace: String
        var name: String
        var addresses: [String]
        var ingress: [String]
        var egress: [String]
        var interface: String?
        var generation: UInt32?
        var time: Date
    }
}

extension PolicyStack {
    fileprivate var policyNames: [String] {
        tiers.flatMap(\.policies).map { "\($0.id.kind) \($0.id)" }
    }
}
