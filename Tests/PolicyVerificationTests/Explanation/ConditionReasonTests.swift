// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

/// Each reason that Calico's and the cluster-wide policies bring besides those of NetworkPolicies.
@Suite struct ConditionReasonTests {
    private func everything(_ labels: Selector) -> EndpointSelector {
        EndpointSelector(namespaces: .any, labels: labels, reach: .everything)
    }

    private func ingress(_ rules: Rule...) -> Policy {
        tierPolicy("policy", tier: "default", ingress: rules)
    }

    private func side(
        _ rule: Rule, from source: String, _ change: (inout ClusterState) -> Void = { _ in },
        packet: (inout PacketDescription) -> Void = { _ in }
    ) -> (Explanation, RuleExplanation?) {
        var world = SmallWorld(ingress(rule))
        change(&world.state)
        var description = PacketDescription(
            source: IPAddress(source) ?? world[source].addresses[0],
            destination: world["shop/web"].addresses[0], transport: .tcp, destinationPort: 80,
            sourcePort: 40_000)
        packet(&description)
        let explanation = Explainer(world.state, localNode: "alpha").explain(description)
        return (explanation, explanation.ingress.rules.first)
    }

    private func reason(
        _ peer: Peer, from source: String, _ change: (inout ClusterState) -> Void = { _ in }
    ) throws -> String {
        let (explanation, rule) = side(Rule(.allow, peers: .only([peer])), from: source, change)
        guard case .only(let peers)? = rule?.peers else { return "" }
        let outcome = try #require(peers.first)
        return "\(outcome.isMatch ? "yes" : "no"): \(outcome.reason(explanation.packet.source))"
    }

    @Test("S63, S66: of several conditions on an address those are named that fail")
    func addressParts() throws {
        let match = AddressMatch(
            selector: everything(.has("app")), notSelector: everything(app("front")),
            nets: [CIDR("10.0.0.0/8")!], notNets: [CIDR("10.0.1.0/24")!])
        #expect(
            try reason(.addresses(match), from: "shop/front")
                == "no: notSelector (endpoints app=front) matches shop/front")
        #expect(
            try reason(.addresses(match), from: "203.0.113.1") == """
                no: selectors mean pods, and 203.0.113.1 is none's; no block of nets contains \
                203.0.113.1
                """)
        #expect(
            try reason(.addresses(match), from: "pay/front") == """
                no: notSelector (endpoints app=front) matches pay/front; 10.0.1.0/24 of notNets \
                contains 10.0.1.5
                """)
        #expect(try reason(.addresses(match), from: "shop/db").hasPrefix("yes: matches shop/db"))
    }

    @Test("S63: notSelector alone means addresses that nobody has")
    func notSelectorAlone() throws {
        let match = AddressMatch(notSelector: everything(app("front")))
        #expect(
            try reason(.addresses(match), from: "203.0.113.1")
                == "yes: notSelector says nothing against 203.0.113.1")
    }

    @Test("Network sets are named, those that match and those that do not")
    func networkSets() throws {
        let partners = NetworkSet(
            id: NetworkSetID(namespace: nil, name: "partners"), labels: ["role": "partner"],
            blocks: [CIDR("203.0.113.0/24")!])
        let isPartner = Selector.isOneOf(key: "role", values: ["partner"])
        let add: (inout ClusterState) -> Void = { $0.networkSets = [partners] }
        #expect(
            try reason(.endpoints(everything(isPartner)), from: "203.0.113.1", add)
                == "yes: matches network set partners, which contains 203.0.113.1")
        #expect(
            try reason(.endpoints(everything(.has("app"))), from: "203.0.113.1", add)
                == "no: 203.0.113.1 is in network set partners, whose labels do not fit")
    }

    @Test("S56: nodes are meant by their labels")
    func nodes() throws {
        let isEdge = Selector.has("edge")
        #expect(
            try reason(.nodes(isEdge), from: "192.168.0.11")
                == "no: node beta has no label edge (wants edge)")
        #expect(
            try reason(.nodes(.everything), from: "192.168.0.11")
                == "yes: 192.168.0.11 is node beta's")
        #expect(try reason(.nodes(isEdge), from: "shop/db") == "no: 10.0.0.3 is no node's")
    }

    @Test("A Service means the addresses behind it, and as a destination its ports too")
    func services() throws {
        let id = ServiceID(namespace: "shop", name: "web")
        let slice = ServiceSlice(
            id: ServiceSliceID(namespace: "shop", name: "web-1"), service: "web",
            addresses: [IPAddress("10.0.0.3")!], ports: [ServicePort(transport: .tcp, number: 443)])
        let add: (inout ClusterState) -> Void = { $0.serviceSlices = [slice] }
        #expect(try reason(.service(id), from: "shop/db") == "no: nothing is known behind it")
        #expect(try reason(.service(id), from: "shop/db", add) == "yes: 10.0.0.3 is behind it")
        #expect(
            try reason(.service(id), from: "shop/front", add) == "no: 10.0.0.2 is not behind it")
        let world = SmallWorld(
            tierPolicy(
                "policy", tier: "default",
                egress: [Rule(.allow, peers: .only([.service(id)]))]))
        var state = world.state
        add(&state)
        let egress = Explainer(state, localNode: "alpha").explain(
            PacketDescription(
                source: IPAddress("10.0.0.2")!, destination: IPAddress("10.0.0.3")!,
                transport: .tcp, destinationPort: 80)
        ).egress
        #expect(egress.peers == [.otherServicePort(slice.ports)])
    }

    @Test("Service accounts and kinds of endpoints are reasons of their own")
    func accounts() throws {
        let runner = EndpointSelector(
            namespaces: .any, labels: .everything,
            serviceAccounts: .isOneOf(key: ServiceAccount.nameLabel, values: ["runner"]),
            reach: .everything)
        #expect(
            try reason(.endpoints(runner), from: "shop/db") == """
                no: its service account has projectcalico.org/name=default (wants \
                projectcalico.org/name=runner)
                """)
    }

    @Test("Each condition that fails is a hint")
    func conditions() {
        func hints(
            _ conditions: RuleConditions, packet: (inout PacketDescription) -> Void = { _ in }
        ) -> [String] {
            side(Rule(.allow, conditions: conditions), from: "shop/front", packet: packet).0
                .hints(.ingress)
        }
        let start = "GlobalNetworkPolicy policy ingress[0] covers this peer and 80/tcp, but "
        #expect(hints(RuleConditions(family: .ipv6)) == [start + "it is about IPv6 only"])
        #expect(
            hints(RuleConditions(exceptPorts: [.numbers(.tcp, 80...90)]))
                == [start + "it excepts 80-90/tcp"])
        #expect(
            hints(RuleConditions(sourcePorts: .only([.numbers(.tcp, 53...53)])))
                == [start + "source port 40000 is not covered"])
        #expect(
            hints(RuleConditions(exceptSourcePorts: [.every(.tcp)]))
                == [start + "it excepts source port every port of tcp"])
        #expect(
            hints(RuleConditions(own: .only([.block("10.9.0.0/16")]))) == [
                start + "its own side, block 10.9.0.0/16, does not hold: does not contain 10.0.0.1"
            ])
    }

    @Test("S64: of an ICMP message type and code are told apart")
    func messages() {
        func outcome(_ code: UInt8?) -> PortExplanation.Outcome? {
            let entry = PortMatch.icmp(.icmp, type: 3, code: code)
            let (_, rule) = side(
                Rule(.allow, ports: .only([entry])), from: "shop/front",
                packet: {
                    $0 = PacketDescription(
                        source: $0.source, destination: $0.destination, transport: .icmp,
                        icmpType: 3, icmpCode: 1)
                })
            guard case .only(let ports)? = rule?.ports else { return nil }
            return ports.first?.outcome
        }
        #expect(outcome(nil) == .matches)
        #expect(outcome(1) == .matches)
        #expect(outcome(4) == .otherCode)
    }

    @Test("Profiles decide behind the tiers; one that is missing closes its endpoint")
    func profiles() {
        var world = SmallWorld()
        world["shop/web"].particulars = EndpointParticulars(profiles: ["open"])
        let packet = PacketDescription(
            source: world["shop/front"].addresses[0], destination: world["shop/web"].addresses[0],
            transport: .tcp, destinationPort: 80)
        let closed = Explainer(world.state, localNode: "alpha").explain(packet)
        #expect(
            closed.decision == ReferenceEvaluator(world.state, localNode: "alpha").verdict(packet))
        #expect(closed.ingress.summary == "Profile open ingress[0] denies it")
        world.state.profiles = [Profile(name: "open")]
        let undecided = Explainer(world.state, localNode: "alpha").explain(packet)
        #expect(undecided.ingress.summary == "no rule of its profile open decides the packet")
    }
}
