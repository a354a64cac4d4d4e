// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

/// Each reason why a rule does not match a packet.
@Suite struct RuleReasonTests {
    private func peers(
        _ peers: Peer..., from source: String, family: AddressFamily = .ipv4,
        change: (inout SmallWorld) -> Void = { _ in }
    ) -> [PeerExplanation.Outcome]? {
        var world = SmallWorld(
            networkPolicy(for: app("web"), ingress: [Rule(.allow, peers: .only(peers))]))
        change(&world)
        return world.explanation(source, "shop/web", family: family).ingress.peers
    }

    private func ports(
        _ entry: PortMatch, to destination: String = "shop/web",
        over transport: IPProtocol = .tcp, _ port: UInt16? = 80, type: UInt8? = nil
    ) -> [PortExplanation.Outcome]? {
        SmallWorld(networkPolicy(egress: [.allowAnyone(entry)]))
            .explanation("shop/front", destination, transport, port, type: type).egress.ports
    }

    @Test("Labels that do not fit are named, each condition by itself")
    func labels() {
        let wanted = Selector.all([app("front"), .has("stage"), .not(.has("app"))])
        let outcome = peers(.pods(.any, wanted), from: "shop/db")
        let gap = SelectionGap(
            endpoint: id("shop/db"), namespace: nil,
            labels: [
                UnmetCondition(condition: app("front"), labels: [.init(key: "app", value: "db")]),
                UnmetCondition(
                    condition: .has("stage"), labels: [.init(key: "stage", value: nil)]),
                UnmetCondition(
                    condition: .not(.has("app")), labels: [.init(key: "app", value: "db")]),
            ])
        #expect(outcome == [.notSelected(gap)])
        #expect(
            "\(gap)" == """
                shop/db has app=db (wants app=front), has no label stage (wants stage), has app=db \
                (wants !app)
                """)
    }

    @Test("S7, S8: the namespace is named where it is not meant, by name or by labels")
    func namespaces() {
        let byName = peers(.pods(.named("pay")), from: "shop/front")
        #expect(
            byName == [
                .notSelected(
                    .init(endpoint: id("shop/front"), namespace: .other("pay"), labels: []))
            ])
        let byLabels = peers(.pods(.team("blue"), app("web")), from: "shop/front")
        let unmet = UnmetCondition(
            condition: .isOneOf(key: "team", values: ["blue"]),
            labels: [.init(key: "team", value: "red")])
        guard case .notSelected(let gap)? = byLabels?.first else { return #expect(Bool(false)) }
        #expect(gap.namespace == .labels([unmet]))
        #expect(
            "\(gap)" == """
                namespace shop has team=red (wants team=blue); shop/front has app=front (wants app=web)
                """)
    }

    @Test("S11: the label with a namespace's name is read as the name")
    func namespaceName() {
        let named = Selector.isOneOf(key: Namespace.nameLabel, values: ["pay"])
        let peer = Peer.pods(.labelled(named))
        #expect(peer.wording == "every pod in namespace pay")
        #expect(
            peers(peer, from: "shop/front") == [
                .notSelected(
                    .init(endpoint: id("shop/front"), namespace: .other("pay"), labels: []))
            ])
    }

    @Test("S14, S19: selectors mean no host-network pod, no finished one, no node, no outsider")
    func notEndpoints() {
        let host = peers(.pods(.any), from: "192.168.0.11") { world in
            var agent = SmallWorld.pod("ops/agent", ["192.168.0.11"])
            agent.usesHostNetwork = true
            world.state.endpoints.append(agent)
        }
        #expect(host == [.noEndpoint(.hostNetwork(id("ops/agent")))])
        let finished = peers(.pods(.any), from: "pay/web") { $0["pay/web"].isFinished = true }
        #expect(finished == [.noEndpoint(.finished(id("pay/web")))])
        #expect(peers(.pods(.any), from: "192.168.0.11") == [.noEndpoint(.node("beta"))])
        #expect(peers(.pods(.any), from: "203.0.113.1") == [.noEndpoint(.outside)])
    }

    @Test("S16, S17: a block of the other family, one without the address, one that excepts it")
    func blocks() {
        let outcomes = peers(
            .block("::/0"), .block("10.1.0.0/16"), .block("10.0.0.0/8", except: "10.0.0.0/24"),
            .block("10.0.0.0/8"), from: "shop/front")
        #expect(
            outcomes == [
                .otherFamily, .outsideBlock, .excepted(CIDR("10.0.0.0/24")!), .inBlock,
            ])
    }

    @Test("S31, S32: another protocol, another port, and no port at all")
    func numbers() {
        #expect(ports(.numbers(.udp, 80...80)) == [.otherProtocol])
        #expect(ports(.every(.udp)) == [.otherProtocol])
        #expect(ports(.numbers(.tcp, 81...90)) == [.otherNumber])
        #expect(ports(.numbers(.tcp, 80...90)) == [.matches])
        #expect(ports(.numbers(.icmp, 1...9), over: .icmp, nil, type: 8) == [.withoutPort])
    }

    @Test("S28, S29: a name that the destination lacks, gives another number, or cannot define")
    func names() {
        #expect(ports(.named(.tcp, "dns")) == [.undefined(id("shop/web"))])
        let http = NamedPort(name: "http", transport: .tcp, number: 8080)
        #expect(ports(.named(.tcp, "http")) == [.definedAs([http], id("shop/web"))])
        #expect(ports(.named(.udp, "http"), over: .udp, 80) == [.definedAs([http], id("shop/web"))])
        #expect(ports(.named(.tcp, "http"), 8080) == [.resolved(id("shop/web"))])
        #expect(ports(.named(.tcp, "http"), to: "203.0.113.1") == [.noEndpoint])
    }

    @Test("S5, S6, S9: no peers and no ports mean everybody or, written as empty lists, nobody")
    func emptyLists() {
        let world = SmallWorld(
            networkPolicy(
                ingress: [Rule(.allow, peers: .only([])), Rule(.allow, ports: .only([]))]))
        let rules = world.explanation("pay/web", "shop/web").ingress.rules
        #expect(rules.map(\.peers) == [.only([]), .anyone])
        #expect(rules.map(\.ports) == [.all, .only([])])
        #expect(rules.allSatisfy { !$0.isMatch })
    }
}
