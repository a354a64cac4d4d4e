// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// One end of a connection as a person names it: a pod, a workload, or an address.
///
/// ```
/// web                      a pod of the default namespace
/// shop/web                 a pod
/// deployment/web           a workload of the default namespace
/// shop/deployment/web      a workload
/// 10.1.0.7, fd00::7        an address; one that a pod owns means the pod
/// ```
public enum TrafficParty: Hashable, Sendable {
    /// An address, in either family.
    case address(IPAddress)
    /// One to three names with slashes between them.
    case names([String])

    /// Reads what a person wrote.
    ///
    /// - Throws: ``TrafficError`` if it can be neither a name nor an address.
    public init(_ text: String) throws(TrafficError) {
        if text.isEmpty {
            throw TrafficError(
                "is empty; write NAMESPACE/POD, NAMESPACE/deployment/NAME, or an IPv4 or IPv6 address"
            )
        }
        if let address = IPAddress(text) {
            self = .address(address)
            return
        }
        if let block = CIDR(text) {
            throw TrafficError(
                "\(text) is a block; name one of its addresses, such as \(block.network)")
        }
        let names = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(names.count), !names.contains(""), !text.contains(":"),
            !text.contains(".") || !text.allSatisfy({ $0.isNumber || $0 == "." })
        else {
            throw TrafficError(
                """
                \(text) is neither an address nor a name; write NAMESPACE/POD, \
                NAMESPACE/deployment/NAME, or an IPv4 or IPv6 address
                """)
        }
        if names.count == 3, Self.kind(names[1]) == nil,
            NamedAddresses(names, defaultNamespace: nil) == nil
        {
            throw TrafficError(
                """
                \(text): \(names[1]) is no kind of workload; write NAMESPACE/KIND/NAME, with one of \
                \(Self.kinds.map(\.names[0]).joined(separator: ", "))
                """)
        }
        self = .names(names)
    }

    /// The kinds that may stand before a name, with their short forms.
    private static let kinds: [(kind: String, names: [String])] = [
        ("Pod", ["pod", "pods", "po"]),
        ("Deployment", ["deployment", "deployments", "deploy"]),
        ("StatefulSet", ["statefulset", "statefulsets", "sts"]),
        ("DaemonSet", ["daemonset", "daemonsets", "ds"]),
        ("ReplicaSet", ["replicaset", "replicasets", "rs"]),
        ("ReplicationController", ["replicationcontroller", "replicationcontrollers", "rc"]),
        ("Job", ["job", "jobs"]), ("CronJob", ["cronjob", "cronjobs", "cj"]),
    ]

    private static func kind(_ word: String) -> String? {
        kinds.first { $0.names.contains(word.lowercased()) }?.kind
    }

    /// The workload that is named with its kind, and that kind as manifests write it; nil if the
    /// names state no kind, or that of a pod.
    public func workload(defaultNamespace: String) -> (kind: String, id: EndpointID)? {
        guard case .names(let names) = self, names.count > 1,
            let kind = Self.kind(names[names.count - 2]), kind != "Pod"
        else { return nil }
        let namespace = names.count == 3 ? names[0] : defaultNamespace
        return (kind, EndpointID(namespace: namespace, name: names[names.count - 1]))
    }

    /// The endpoints that the names may mean; several where they can be read in two ways.
    func readings(defaultNamespace: String) -> [EndpointID] {
        guard case .names(let names) = self else { return [] }
        switch names.count {
        case 1: return [EndpointID(namespace: defaultNamespace, name: names[0])]
        case 2:
            let pod = EndpointID(namespace: names[0], name: names[1])
            let workload = EndpointID(namespace: defaultNamespace, name: names[1])
            return Self.kind(names[0]) == nil || pod == workload ? [pod] : [pod, workload]
        default: return [EndpointID(namespace: names[0], name: names[2])]
        }
    }
}

extension TrafficParty: CustomStringConvertible {
    /// As a person writes it.
    public var description: String {
        switch self {
        case .address(let address): "\(address)"
        case .names(let names): names.joined(separator: "/")
        }
    }
}
