// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import MatchIR
@testable import NftablesLowering

@Suite struct RuleCommentsTests {
    private func origin(
        _ kind: String, _ name: String, tier: String = "default", rule: Int? = nil
    ) -> RuleOrigin {
        let names = name.split(separator: "/").map(String.init)
        let policy = Policy(
            id: PolicyID(
                kind: kind, namespace: names.count == 2 ? names[0] : nil, name: names.last!),
            tier: tier, subject: .everyEndpoint)
        guard let rule else { return RuleOrigin(policy) }
        return RuleOrigin(RuleOrigin(policy), .ingress, rule: rule, name: nil)
    }

    private let kubernetes = "NetworkPolicy"
    private let calico = "NetworkPolicy.projectcalico.org"

    @Test func rulesOfKubernetesPoliciesSayNothing() {
        let policies = [origin(kubernetes, "shop/a"), origin(kubernetes, "shop/b")]
        #expect(RuleComments(policies).text([policies[0]]) == nil)
    }

    @Test func rulesNameTierPolicyAndRule() {
        let comments = RuleComments([
            origin("GlobalNetworkPolicy", "block", tier: "security"), origin(kubernetes, "shop/a"),
        ])
        let rules = [0, 2].map {
            origin("GlobalNetworkPolicy", "block", tier: "security", rule: $0)
        }
        #expect(comments.text(rules) == "security: block ingress[0], ingress[2]")
        #expect(comments.text([origin(kubernetes, "shop/a")]) == "default: shop/a")
    }

    @Test func rulesNameTheKindWhereTheNameAloneIsAmbiguous() {
        let comments = RuleComments([
            origin(kubernetes, "shop/a"), origin(calico, "shop/a"), origin(calico, "shop/b"),
        ])
        #expect(
            comments.text([origin(calico, "shop/a", rule: 1)])
                == "default: NetworkPolicy.projectcalico.org shop/a ingress[1]")
        #expect(comments.text([origin(calico, "shop/b", rule: 1)]) == "default: shop/b ingress[1]")
    }

    @Test func rulesNameTheKindWhereTheChainHasNoRoomForAllPolicies() {
        let policies = (0..<20).map {
            origin("GlobalNetworkPolicy", "security.policy-\($0)", tier: "security")
        }
        let rule = origin("GlobalNetworkPolicy", "security.policy-19", tier: "security", rule: 0)
        #expect(
            RuleComments(policies).text([rule])
                == "security: GlobalNetworkPolicy security.policy-19 ingress[0]")
    }
}
