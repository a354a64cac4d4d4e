// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyAnalysis

@Suite struct RuleWordsTests {
    @Test func aRuleWithoutConditionsIsPeersAndPorts() {
        #expect(Rule(.allow).words(.ingress) == "from anybody; every port and protocol")
    }

    @Test func everyConditionIsSaid() {
        let rule = Rule(
            .deny, ports: .only([.every(.udp)]),
            conditions: RuleConditions(
                family: .ipv4, exceptPorts: [.numbers(.udp, 53...53)],
                sourcePorts: .only([.numbers(.udp, 1024...65535)]),
                exceptSourcePorts: [.named(.udp, "probe")],
                own: .only([.network(CIDR("10.0.0.0/8")!, except: [])])))
        #expect(
            rule.words(.egress)
                == "to anybody; every port of udp; only IPv4; only from block 10.0.0.0/8; not 53/udp; "
                + "only from source port 1024-65535/udp; not from source port probe/udp")
        let icmp = Rule(
            .allow, ports: .only([.every(.icmp)]),
            conditions: RuleConditions(exceptPorts: [.icmp(.icmp, type: 8, code: 1)]))
        #expect(
            icmp.words(.ingress) == "from anybody; every port of icmp; not icmp type 8 code 1")
    }
}
