// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// One policy of any API: ordered rules for the endpoints that it selects.
public struct Policy: Hashable, Sendable {
    /// Kind, namespace and name.
    public var id: PolicyID
    /// The name of its ``Tier``.
    public var tier: String
    /// Lower is earlier within the tier; nil comes last; ties follow ``id``.
    public var order: Double?
    /// The endpoints that the policy governs.
    public var subject: EndpointSelector
    /// The rules for packets to the subject, in order; nil where the policy does not govern
    /// ingress, which differs from an empty list (S3, S5).
    public var ingress: [Rule]?
    /// The rules for packets from the subject; nil where the policy does not govern egress.
    public var egress: [Rule]?
    /// Which packets of a host endpoint it is about; of other endpoints it is about all. Where it
    /// judges them ahead of the others, it governs host endpoints alone.
    public var hostTraffic: HostTraffic { didSet { restrictSubject() } }

    /// A value of these parts.
    public init(
        id: PolicyID, tier: String = Tier.standard.name, order: Double? = nil,
        subject: EndpointSelector, ingress: [Rule]? = nil, egress: [Rule]? = nil,
        hostTraffic: HostTraffic = .local
    ) {
        self.id = id
        self.tier = tier
        self.order = order
        self.subject = subject
        self.ingress = ingress
        self.egress = egress
        self.hostTraffic = hostTraffic
        restrictSubject()
    }

    private mutating func restrictSubject() {
        switch hostTraffic {
        case .local, .forwardedToo: break
        case .beforeTranslation, .untracked: subject.reach = .hosts
        }
    }

    /// The rules for one direction; nil where the policy does not govern it.
    public func rules(_ direction: Direction) -> [Rule]? {
        switch direction {
        case .ingress: ingress
        case .egress: egress
        }
    }

    /// The rules of both directions, those of ingress first.
    public var allRules: [Rule] { (ingress ?? []) + (egress ?? []) }

    /// Whether this policy is asked before another one of the same tier.
    public func precedes(_ other: Policy) -> Bool {
        let left = order ?? .infinity
        let right = other.order ?? .infinity
        return left == right ? id < other.id : left < right
    }
}

/// The side of a packet on which the endpoint stands that is being judged.
public enum Direction: String, Hashable, Sendable, CaseIterable {
    /// The endpoint receives the packet.
    case ingress
    /// The endpoint sends the packet.
    case egress
}
