// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What worlds of Calico's objects are drawn from, besides ``Vocabulary``.
enum CalicoVocabulary {
    static let accounts = ["robot", "runner"]
    static let accountLabels: [Vocabulary.LabelChoice] = [("role", ["reader", "writer"])]
    static let nodeLabels: [Vocabulary.LabelChoice] = [("zone", ["east", "west"])]
    static let services = ["cart", "store"]
    static let orchestrator = "openstack"

    /// Profiles that endpoints name themselves; nobody defines the last but one.
    static let profiles = ["open", "strict", "undefined", "projectcalico-default-allow"]
    static let portNumbers: [UInt16] = [53, 80, 8080]
    static let sourcePorts: [ClosedRange<UInt16>] = [
        80...80, 1...1023, 1024...65535, 40000...40000,
    ]

    /// ICMP types, of which a packet may also have another code than the one that is asked for.
    static let messages: [AddressFamily: [UInt8]] = [.ipv4: [3, 8, 11], .ipv6: [1, 128, 3]]
    static let codes: [UInt8] = [0, 1, 4]

    /// Labels that no object bears and that every endpoint of a namespace or an account shows.
    static func virtualLabels(_ namespaces: [String]) -> [Vocabulary.LabelChoice] {
        [
            ("projectcalico.org/namespace", namespaces),
            ("projectcalico.org/orchestrator", ["k8s", orchestrator]),
            ("projectcalico.org/serviceaccount", accounts + [ServiceAccount.standardName]),
        ]
            + Vocabulary.namespaceLabels.map { ("pcns.\($0.key)", $0.values) }
            + [("pcns.\(Namespace.calicoNameLabel)", namespaces)]
            + accountLabels.map { ("pcsa.\($0.key)", $0.values) }
    }
}
