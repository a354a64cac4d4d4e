// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

@Suite("Ports and protocols")
struct PortTests {
    @Test("S25: policies judge the pod's address and port, not the Service's")
    func afterTranslation() {
        let service = Peer.block("10.96.0.10/32")
        let world = SmallWorld(
            networkPolicy(
                for: app("front"),
                egress: [
                    .allow(service),
                    .allow(.pods(.any, app("web")), ports: .only([.numbers(.tcp, 80...80)])),
                ]))
        // The Service maps 10.96.0.10:80 to shop/web's 8080.
        #expect(!world.allows("shop/front", "shop/web", .tcp, 8080))
    }

    @Test("S27: on ingress a name is the number that the receiving pod gives it")
    func namedIngress() {
        let world = SmallWorld(networkPolicy(ingress: [.allowAnyone(.named(.tcp, "http"))]))
        #expect(world.allows("lab/probe", "shop/web", .tcp, 8080))
        #expect(!world.allows("lab/probe", "shop/web", .tcp, 80))
        #expect(world.allows("lab/probe", "shop/db", .tcp, 80))
        #expect(!world.allows("lab/probe", "shop/db", .tcp, 8080))
    }

    @Test("S27: a name that two containers define stands for both numbers")
    func namedTwice() {
        var world = SmallWorld(networkPolicy(ingress: [.allowAnyone(.named(.tcp, "http"))]))
        world["shop/web"].namedPorts.append(NamedPort(name: "http", transport: .tcp, number: 81))
        #expect(world.allows("lab/probe", "shop/web", .tcp, 8080))
        #expect(world.allows("lab/probe", "shop/web", .tcp, 81))
        #expect(!world.allows("lab/probe", "shop/db", .tcp, 81))
    }

    @Test("S28: on egress a name matches the pods that define it, at their numbers")
    func namedEgress() {
        let world = SmallWorld(
            networkPolicy(
                in: "lab", egress: [.allow(.pods(.any), ports: .only([.named(.tcp, "http")]))]))
        #expect(world.allows("lab/probe", "shop/web", .tcp, 8080))
        #expect(!world.allows("lab/probe", "shop/web", .tcp, 80))
        #expect(world.allows("lab/probe", "shop/db", .tcp, 80))
        #expect(!world.allows("lab/probe", "pay/web", .tcp, 80))
    }

    @Test("S28: with a block or without peers a name still means pods that define it")
    func namedOutside() {
        let name = PortMatch.named(.tcp, "http")
        for rule in [Rule.allowAnyone(name), .allow(.block("0.0.0.0/0"), ports: .only([name]))] {
            let world = SmallWorld(networkPolicy(in: "lab", egress: [rule]))
            #expect(world.allows("lab/probe", "shop/web", .tcp, 8080))
            #expect(!world.allows("lab/probe", "203.0.113.7", .tcp, 8080))
            #expect(!world.allows("lab/probe", "203.0.113.7", .tcp, 80))
        }
    }

    @Test("S29: a name that no pod defines matches nothing; its protocol counts")
    func namedProtocols() {
        var world = SmallWorld(
            networkPolicy(
                ingress: [.allowAnyone(.named(.udp, "http"), .named(.tcp, "nobody"))]))
        #expect(!world.allows("lab/probe", "shop/web", .tcp, 8080))
        #expect(!world.allows("lab/probe", "shop/web", .udp, 8080))
        world["shop/web"].namedPorts.append(NamedPort(name: "http", transport: .udp, number: 443))
        #expect(world.allows("lab/probe", "shop/web", .udp, 443))
        #expect(!world.allows("lab/probe", "shop/web", .tcp, 443))
    }

    @Test(
        "S30: a range includes both ends",
        arguments: [(79, false), (80, true), (81, true), (90, true), (91, false)])
    func range(port: UInt16, isAllowed: Bool) {
        let world = SmallWorld(networkPolicy(ingress: [.allowAnyone(.numbers(.tcp, 80...90))]))
        #expect(world.allows("lab/probe", "shop/web", .tcp, port) == isAllowed)
    }

    @Test("S31: SCTP rules match SCTP alone, and other rules do not match it")
    func sctp() {
        let sctp = SmallWorld(networkPolicy(ingress: [.allowAnyone(.numbers(.sctp, 80...80))]))
        #expect(sctp.allows("lab/probe", "shop/web", .sctp))
        #expect(!sctp.allows("lab/probe", "shop/web", .tcp))
        #expect(!sctp.allows("lab/probe", "shop/web", .udp))
        let tcp = SmallWorld(networkPolicy(ingress: [.allowAnyone(.numbers(.tcp, 80...80))]))
        #expect(!tcp.allows("lab/probe", "shop/web", .sctp))
    }

    @Test(
        "S32: a rule with ports admits no protocol without them",
        arguments: [IPProtocol.icmp, .esp])
    func portless(transport: IPProtocol) {
        let ports = SmallWorld(
            networkPolicy(
                ingress: [
                    .allowAnyone(.every(.tcp), .numbers(.udp, 0...65535), .named(.tcp, "http"))
                ]))
        #expect(!ports.allows("lab/probe", "shop/web", transport, nil))
        let all = SmallWorld(networkPolicy(ingress: [.allowAnyone()]))
        #expect(all.allows("lab/probe", "shop/web", transport, nil))
        let every = SmallWorld(networkPolicy(ingress: [.allowAnyone(.every(transport))]))
        #expect(every.allows("lab/probe", "shop/web", transport, nil))
        #expect(!every.allows("lab/probe", "shop/web"))
    }

    @Test("S33: a protocol without a port is every port of it")
    func everyPort() {
        let world = SmallWorld(networkPolicy(ingress: [.allowAnyone(.every(.udp))]))
        #expect(world.allows("lab/probe", "shop/web", .udp, 1))
        #expect(world.allows("lab/probe", "shop/web", .udp, 65535))
        #expect(!world.allows("lab/probe", "shop/web", .tcp, 1))
    }
}
