// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Rules that decide behind the tiers, and labels, for the endpoints that name the profile
/// (Calico's Profile).
///
/// Profiles are asked in the order in which an endpoint names them, where no tier has a policy for
/// the endpoint in that direction or every tier has passed the packet on. A packet that none of
/// their rules decides is denied.
public struct Profile: Hashable, Sendable {
    /// Unique among profiles.
    public var name: String
    /// Labels that its endpoints have unless they bring their own (`spec.labelsToApply`).
    public var labels: [String: String]
    /// The rules for packets to its endpoints, in order.
    public var ingress: [Rule]
    /// The rules for packets from its endpoints, in order.
    public var egress: [Rule]

    /// A profile of these rules.
    public init(
        name: String, labels: [String: String] = [:], ingress: [Rule] = [], egress: [Rule] = []
    ) {
        self.name = name
        self.labels = labels
        self.ingress = ingress
        self.egress = egress
    }

    /// The rules for one direction.
    public func rules(_ direction: Direction) -> [Rule] {
        switch direction {
        case .ingress: ingress
        case .egress: egress
        }
    }

    /// The tier, in name, behind all tiers: it denies what no profile decides. No other tier can have
    /// its name.
    public static let tier = Tier(name: "(profiles)", order: .infinity, defaultAction: .deny)

    /// The profile as a policy of ``tier``, for an endpoint that names it at this place.
    public func asPolicy(at position: Int) -> Policy {
        Policy(
            id: PolicyID(kind: "Profile", namespace: nil, name: name), tier: Self.tier.name,
            order: Double(position), subject: .everyEndpoint, ingress: ingress, egress: egress)
    }

    /// The profile of a namespace's pods: it allows everything, and is there without an object.
    public static func name(ofNamespace namespace: String) -> String { "kns.\(namespace)" }

    /// The profile of a service account's pods: it decides nothing, and is there without an object.
    public static func name(of account: ServiceAccountID) -> String {
        "ksa.\(account.namespace).\(account.name)"
    }

    /// What a profile without an object stands for: those of namespaces and Calico's
    /// `projectcalico-default-allow` allow everything, those of service accounts decide nothing.
    /// Nil for any other name: an endpoint that names it is closed.
    public static func implied(_ name: String) -> Profile? {
        if name.hasPrefix("kns.") || name == "projectcalico-default-allow" {
            return Profile(name: name, ingress: [Rule(.allow)], egress: [Rule(.allow)])
        }
        return name.hasPrefix("ksa.") ? Profile(name: name) : nil
    }
}
