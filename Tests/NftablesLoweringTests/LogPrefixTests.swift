// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel
import Testing

@testable import MatchIR
@testable import NftablesLowering

@Suite struct LogPrefixTests {
    private func prefix(_ policy: String, rule: String? = nil) -> String {
        let policy = Policy(
            id: PolicyID(kind: "GlobalNetworkPolicy", namespace: nil, name: policy),
            tier: "security", subject: .everyEndpoint)
        return LogPrefix.text(RuleOrigin(RuleOrigin(policy), .ingress, rule: 2, name: rule))
    }

    @Test func tierKindPolicyAndRuleAreNamed() {
        #expect(prefix("block") == "sluice security: GlobalNetworkPolicy block ingress[2]: ")
        #expect(
            prefix("block", rule: "the \"rest\"\n")
                == "sluice security: GlobalNetworkPolicy block ingress[2] 'the rest': ")
    }

    @Test func whatDoesNotFitIsCutInFrontOfTheRule() {
        let name = String(repeating: "x", count: 90)
        let long = prefix(name)
        #expect(long.utf8.count == 127)
        #expect(long.hasPrefix("sluice security: GlobalNetworkPolicy xxx"))
        #expect(long.hasSuffix("x... ingress[2]: "))
        let named = prefix("block", rule: name)
        #expect(named == "sluice security: GlobalNetworkPolicy block ingress[2]: ")
    }
}
