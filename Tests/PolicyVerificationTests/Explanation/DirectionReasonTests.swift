// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

/// Who is governed, by which policies in which order, and what is missing where nobody allows.
@Suite struct DirectionReasonTests {
    @Test("A side that is not governed says why")
    func standings() {
        var world = SmallWorld(networkPolicy(in: "pay", ingress: []))
        #expect(
            world.explanation("lab/probe", "pay/front").ingress.subject
                == .elsewhere(id("pay/front"), node: "beta"))
        #expect(world.explanation("lab/probe", "203.0.113.1").ingress.subject == .outside)
        #expect(world.explanation("lab/probe", "192.168.0.11").ingress.subject == .node("beta"))
        world["pay/web"].isFinished = true
        #expect(
            world.explanation("lab/probe", "pay/web").ingress.subject == .finished(id("pay/web")))
        world["pay/web"].isFinished = false
        world["pay/web"].usesHostNetwork = true
        let host = world.explanation("lab/probe", "pay/web").ingress
        #expect(host.subject == .hostNetwork(id("pay/web")))
        #expect(host.summary.contains("pay/web uses its node's network"))
    }

    @Test("A host endpoint is not called a pod")
    func hostEndpoint() {
        var world = SmallWorld()
        for (name, node, address) in [
            ("near", "alpha", "172.16.0.20"), ("far", "beta", "172.16.0.21"),
        ] {
            world.state.endpoints.append(
                Endpoint(
                    id: EndpointID(kind: .host, namespace: "", name: name), node: node,
                    addresses: [IPAddress(address)!]))
        }
        #expect(
            world.explanation("lab/probe", "172.16.0.20").ingress.subject.description
                == "near is a host endpoint of this node, "
                + "and what its own policies say is not told here")
        #expect(
            world.explanation("lab/probe", "172.16.0.21").ingress.subject.description
                == "far is a host endpoint of node beta")
    }

    @Test("Policies that stand aside are named: another direction, or labels that do not fit")
    func bystanders() {
        let side = SmallWorld(
            networkPolicy("out", egress: []), networkPolicy("db", for: app("db"), ingress: []),
            networkPolicy("else", in: "pay", for: app("db"), ingress: [])
        ).explanation("pay/web", "shop/web").ingress
        #expect(side.decision == .unselected)
        #expect(side.bystanders.map(\.policy.name) == ["db", "out"])
        #expect(side.bystanders.last?.reason == .otherDirection)
        guard case .notSelected(let gap)? = side.bystanders.first?.reason
        else { return #expect(Bool(false)) }
        #expect("\(gap)" == "shop/web has app=web (wants app=db)")
    }

    @Test("S52, S61: tiers and policies are told in order, and those behind the decision not asked")
    func order() {
        var world = SmallWorld(
            tierPolicy("late", tier: "first", order: 2, ingress: [Rule(.deny)]),
            tierPolicy("early", tier: "first", order: 1, ingress: [Rule(.log), Rule(.pass)]),
            networkPolicy("b", ingress: [.allow(.block("10.0.0.0/8")), .allowAnyone()]),
            networkPolicy("c", ingress: [.allowAnyone()]),
            networkPolicy("a", ingress: [.allow(.pods(.team("blue"), app("nobody")))]))
        world.state.tiers.append(Tier(name: "first", order: 1, defaultAction: .pass))
        let side = world.explanation("pay/web", "shop/web").ingress
        #expect(side.tiers.map(\.name) == ["first", "default"])
        let first = side.tiers[0]
        #expect(first.policies.map(\.policy.name) == ["early", "late"])
        #expect(first.policies.map(\.isReached) == [true, false])
        #expect(first.outcome == .passed(by: first.policies[0].rules[1].reference))
        let second = side.tiers[1]
        #expect(second.policies.map(\.policy.name) == ["a", "b", "c"])
        #expect(second.policies.map(\.isReached) == [true, true, false])
        #expect(second.policies[1].rules.count == 1)
        #expect(second.policies[1].ruleCount == 2)
    }

    @Test("S22, S23, S44: what is exempt is told, and no policy asked")
    func exemptions() {
        let world = SmallWorld(networkPolicy(ingress: [], egress: []))
        let node = world.explanation("192.168.0.10", "shop/web").ingress
        #expect(node.decision == .exempt(.node) && node.tiers.isEmpty)
        let discovery = world.explanation(
            "shop/front", "shop/web", .icmpv6, nil, type: 135, family: .ipv6)
        #expect(discovery.egress.decision == .exempt(.neighbourDiscovery))
        let itself = world.explanation("shop/web", "shop/web").ingress
        #expect(itself.decision == .exempt(.ownAddress))
        #expect(itself.tiers.map(\.outcome) == [.sparedByDefault])
    }

    @Test("Hints name the rules that come closest, by peer before port")
    func hints() {
        func hints(_ rules: [Rule]) -> [String] {
            SmallWorld(networkPolicy(for: app("web"), ingress: rules))
                .explanation("shop/front", "shop/web").hints(.ingress)
        }
        let front = Peer.pods(.named("shop"), app("front"))
        let other = Peer.pods(.named("shop"), app("db"))
        #expect(
            hints([]) == ["there is no ingress rule at all in the policies that govern it"])
        #expect(
            hints([
                .allow(other, ports: .only([.numbers(.tcp, 80...80)])),
                .allow(front, ports: .only([.named(.tcp, "http"), .numbers(.udp, 1...9)])),
            ]) == [
                "NetworkPolicy shop/policy ingress[1] covers this peer, but only for http/tcp, 1-9/udp"
            ])
        #expect(
            hints([.allow(other, ports: .only([.numbers(.tcp, 80...80)]))]) == [
                "NetworkPolicy shop/policy ingress[0] covers 80/tcp, but not this peer"
            ])
        #expect(
            hints([.allow(other, ports: .only([.numbers(.tcp, 81...81)]))]) == [
                "no ingress rule of these policies covers this peer, and none covers 80/tcp"
            ])
    }
}
