// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A kind of finding. The raw value is its id, which stays the same over versions.
public enum LintRule: String, Hashable, Sendable, CaseIterable {
    case invalidObject = "invalid-object"
    case duplicateObject = "duplicate-object"
    case invalidExcept = "invalid-except"
    case invertedPortRange = "inverted-port-range"
    case doubtfulField = "doubtful-field"
    case unknownField = "unknown-field"
    case hostBits = "host-bits"
    case sharedAddress = "shared-address"
    case emptySource = "empty-source"
    case unknownNamespace = "unknown-namespace"
    case selectsNothing = "selects-nothing"
    case selectsHostNetwork = "selects-host-network"
    case peerMatchesNothing = "peer-matches-nothing"
    case missingNamespaceSelector = "missing-namespace-selector"
    case orInsteadOfAnd = "or-instead-of-and"
    case andInsteadOfOr = "and-instead-of-or"
    case unknownLabel = "unknown-label"
    case blockContainsPods = "block-contains-pods"
    case undefinedNamedPort = "undefined-named-port"
    case namedPortProtocol = "named-port-protocol"
    case emptyListAllowsAll = "empty-list-allows-all"
    case ignoredRules = "ignored-rules"
    case impliedIsolation = "implied-isolation"
    case deniesAll = "denies-all"
    case egressWithoutDNS = "egress-without-dns"
    case shadowedRule = "shadowed-rule"
    case duplicateRule = "duplicate-rule"
    case duplicatePeer = "duplicate-peer"
    case duplicatePort = "duplicate-port"
    case unreachableRule = "unreachable-rule"
    case selectsNoHost = "selects-no-host"
    case stagedDeleteOfNothing = "staged-delete-of-nothing"
    case missingProfile = "missing-profile"
    case ungovernedPod = "ungoverned-pod"

    /// How much a finding of this rule matters, unless it says otherwise itself.
    public var severity: Finding.Severity {
        switch self {
        case .invalidObject, .duplicateObject, .invalidExcept, .invertedPortRange: .error
        case .blockContainsPods, .deniesAll, .ungovernedPod: .note
        default: .warning
        }
    }

    /// The APIs whose policies a rule is about.
    public enum Concern: Hashable, Sendable {
        /// Every object of the input.
        case everything
        /// Kubernetes' NetworkPolicies, whose rules only allow.
        case networkPolicies
        /// Calico's and the cluster-wide policies, whose rules are asked in order.
        case orderedPolicies
    }

    /// Which policies the rule is about. A finding about others is none.
    public var concern: Concern {
        switch self {
        case .unknownNamespace, .selectsHostNetwork, .missingNamespaceSelector, .orInsteadOfAnd,
            .andInsteadOfOr, .unknownLabel, .undefinedNamedPort, .namedPortProtocol,
            .emptyListAllowsAll, .ignoredRules, .impliedIsolation, .deniesAll, .egressWithoutDNS,
            .shadowedRule, .duplicateRule, .duplicatePeer, .duplicatePort, .blockContainsPods:
            .networkPolicies
        case .unreachableRule, .selectsNoHost: .orderedPolicies
        default: .everything
        }
    }

    /// Whether the rule is asked only on request, because most clusters have many findings of it.
    public var isPedantic: Bool { self == .ungovernedPod }

    /// Whether the rule compares policies with pods, and so is skipped where there are none.
    public var needsPods: Bool {
        switch self {
        case .selectsNothing, .selectsHostNetwork, .peerMatchesNothing, .missingNamespaceSelector,
            .andInsteadOfOr, .unknownLabel, .blockContainsPods, .undefinedNamedPort,
            .namedPortProtocol, .ungovernedPod:
            true
        default: false
        }
    }

    /// What the rule finds, in one sentence.
    public var explanation: String {
        switch self {
        case .invalidObject: "an object that cannot be read or that the API server would refuse"
        case .duplicateObject: "two objects of one kind, namespace and name"
        case .invalidExcept: "an except that is not a smaller block inside its cidr"
        case .invertedPortRange: "an endPort below its port"
        case .doubtfulField: "a value that does not mean what it looks like"
        case .unknownField: "a field that the API does not define, and so has no effect"
        case .hostBits: "a cidr with bits set after its prefix"
        case .sharedAddress: "pods that claim the same address"
        case .emptySource: "a file without objects"
        case .unknownNamespace: "a policy in a namespace that the input does not know"
        case .selectsNothing: "a policy that selects no pod"
        case .selectsHostNetwork:
            "a policy that selects pods of the host network, which no policy governs (S14)"
        case .peerMatchesNothing: "a selector in from or to that no pod matches"
        case .missingNamespaceSelector:
            "a podSelector that matches pods in other namespaces only, without namespaceSelector"
        case .orInsteadOfAnd:
            "a namespaceSelector and a podSelector in two entries, where one entry was probably meant"
        case .andInsteadOfOr:
            "a namespaceSelector and a podSelector in one entry, where two entries were probably meant"
        case .unknownLabel: "a condition on a label key that nothing has, much like one that exists"
        case .blockContainsPods: "an ipBlock in which pods' addresses lie (S15)"
        case .undefinedNamedPort: "a port name that none of the destination pods defines"
        case .namedPortProtocol: "a port name that the destination pods define for another protocol"
        case .emptyListAllowsAll: "from, to or ports that is empty, and so allows everything (S6)"
        case .ignoredRules: "rules of a direction that policyTypes does not list (S3)"
        case .impliedIsolation:
            "egress rules without policyTypes, which deny all ingress besides (S3)"
        case .deniesAll: "a direction that is governed without any rule, and so denied"
        case .egressWithoutDNS: "egress rules that leave the pods without DNS (S47)"
        case .shadowedRule: "a rule that allows only what other rules allow to the same pods anyway"
        case .duplicateRule: "a rule that repeats an earlier one of its policy"
        case .duplicatePeer: "an entry of from or to that repeats an earlier one"
        case .duplicatePort: "an entry of ports that repeats an earlier one"
        case .unreachableRule:
            "a rule that is never asked, because an earlier one of its tier decides all that it matches"
        case .selectsNoHost: "a preDNAT or doNotTrack policy that selects no host endpoint"
        case .stagedDeleteOfNothing: "a staged deletion of a policy that does not exist (S61)"
        case .missingProfile: "an endpoint with a profile that does not exist"
        case .ungovernedPod: "a pod that no policy selects (only with --pedantic)"
        }
    }
}
