// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyVerification
import Testing

/// What Calico's rules and policies say beyond Kubernetes' own.
@Suite("Calico's rules")
struct CalicoRuleTests {
    /// Whether the web pod of the shop takes in what one rule allows and nothing else.
    private func allows(
        _ rule: Rule, from source: String = "lab/probe", _ transport: IPProtocol = .tcp,
        _ port: UInt16? = 80, sourcePort: UInt16? = nil, type: UInt8? = nil, code: UInt8? = nil,
        family: AddressFamily = .ipv4, _ change: (inout ClusterState) -> Void = { _ in }
    ) -> Bool {
        var world = SmallWorld(tierPolicy("p", tier: "default", ingress: [rule]))
        change(&world.state)
        func address(_ text: String) -> IPAddress {
            IPAddress(text) ?? world[text].addresses.first { $0.family == family }!
        }
        let packet = PacketDescription(
            source: address(source), destination: address("shop/web"), transport: transport,
            destinationPort: port, sourcePort: sourcePort, icmpType: type, icmpCode: code)
        let judge = ReferenceEvaluator(world.state, localNode: "alpha")
        return judge.verdict(packet).ingress.isAllowed
    }

    private func from(_ match: AddressMatch) -> Rule { .allow(.addresses(match)) }

    private func everything(_ labels: Selector) -> EndpointSelector {
        EndpointSelector(namespaces: .any, labels: labels, reach: .everything)
    }

    @Test("S61: policies of equal order are asked by name, then namespace, then kind")
    func ties() {
        func policy(_ kind: String, _ namespace: String?, _ name: String, _ action: Action)
            -> Policy
        {
            Policy(
                id: PolicyID(kind: kind, namespace: namespace, name: name), order: 10,
                subject: .everyEndpoint, ingress: [Rule(action)])
        }
        let global = policy("GlobalNetworkPolicy", nil, "b", .deny)
        let local = policy("NetworkPolicy.projectcalico.org", "shop", "b", .allow)
        let early = policy("NetworkPolicy.projectcalico.org", "shop", "a", .allow)
        #expect(!SmallWorld(local, global).allows("lab/probe", "shop/web"))
        #expect(SmallWorld(global, early).allows("lab/probe", "shop/web"))
        let core = policy("NetworkPolicy", "shop", "b", .deny)
        #expect(!SmallWorld(local, core).allows("lab/probe", "shop/web"))
    }

    @Test("S61: a name that another continues comes behind it, as name/namespace/kind has it")
    func tiesOfBeginnings() {
        func id(_ name: String, _ namespace: String? = nil) -> PolicyID {
            PolicyID(kind: "GlobalNetworkPolicy", namespace: namespace, name: name)
        }
        let order = [id("web-deny"), id("web.a"), id("web"), id("web0"), id("weba")]
        #expect(order.reversed().sorted() == order)
        #expect(id("web", "shop-b") < id("web", "shop"))
        #expect(id("web") < id("web", "shop"))
        #expect(!(id("web") < id("web")))
    }

    @Test("Policies that judge packets ahead of the others govern host endpoints alone")
    func hostTraffic() {
        for traffic in [HostTraffic.beforeTranslation, .untracked] {
            let policy = Policy(
                id: PolicyID(kind: "GlobalNetworkPolicy", namespace: nil, name: "edge"), order: 1,
                subject: .everyEndpoint, ingress: [Rule(.deny)], hostTraffic: traffic)
            #expect(SmallWorld(policy).allows("lab/probe", "shop/web"))
            var later = policy
            later.hostTraffic = .local
            later.subject = .everyEndpoint
            #expect(!SmallWorld(later).allows("lab/probe", "shop/web"))
        }
    }

    @Test("S20: a host endpoint takes no address away from a pod, however new it is")
    func hostsOwnNoPodsAddress() throws {
        var world = SmallWorld(
            Policy(
                id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: "closed"),
                subject: .everyPod, ingress: []))
        let pod = try #require(world.state.endpoints.first { $0.id.name == "web" })
        world.state.endpoints.append(
            Endpoint(
                id: EndpointID(kind: .host, namespace: "", name: "a"), node: "elsewhere",
                addresses: pod.addresses, created: pod.created + 1))
        #expect(!world.allows("lab/probe", "shop/web"))
    }

    @Test("S61: staged policies deny nothing, and close no tier")
    func staged() {
        var world = SmallWorld()
        let policy = tierPolicy("try", tier: "default", ingress: [Rule(.deny)])
        world.state.stagedPolicies = [
            StagedPolicy(
                id: PolicyID(kind: "StagedGlobalNetworkPolicy", namespace: nil, name: "try"),
                action: .set(policy))
        ]
        #expect(world.verdict("lab/probe", "shop/web").ingress == .unselected)
        world.state = world.state.withStagedEnforced
        #expect(!world.allows("lab/probe", "shop/web"))
    }

    @Test("S62: a policy speaks of the directions that it has lists for, empty ones too")
    func directions() {
        let inward = SmallWorld(tierPolicy("p", tier: "default", ingress: []))
        #expect(inward.verdict("shop/web", "203.0.113.7").isAllowed)
        #expect(!inward.verdict("203.0.113.7", "shop/web").isAllowed)
        let outward = SmallWorld(tierPolicy("p", tier: "default", egress: []))
        #expect(!outward.verdict("shop/web", "203.0.113.7").isAllowed)
        #expect(outward.verdict("203.0.113.7", "shop/web").isAllowed)
    }

    @Test("S63: != and not in hold without the label, among what selectors find")
    func negatedLabels() {
        let unequal = from(AddressMatch(selector: everything(.not(app("probe")))))
        #expect(allows(unequal, from: "shop/front") && !allows(unequal, from: "lab/probe"))
        let absent = from(
            AddressMatch(selector: everything(.not(.isOneOf(key: "zone", values: ["a"])))))
        #expect(allows(absent) && !allows(absent, from: "203.0.113.7"))
        let without = from(AddressMatch(selector: everything(.not(.has("zone")))))
        #expect(allows(without) && !allows(without, from: "203.0.113.7"))
    }

    @Test("S63: notSelector holds for addresses that nobody owns, but for those of network sets")
    func negatedSelector() {
        let rule = from(AddressMatch(notSelector: everything(app("probe"))))
        #expect(!allows(rule) && allows(rule, from: "shop/front"))
        #expect(allows(rule, from: "203.0.113.7"))
        let set = NetworkSet(
            id: NetworkSetID(namespace: nil, name: "s"), labels: ["app": "probe"],
            blocks: [CIDR("203.0.113.0/24")!])
        #expect(!allows(rule, from: "203.0.113.7") { $0.networkSets = [set] })
        let both = from(
            AddressMatch(
                selector: everything(.has("app")), notSelector: everything(app("probe"))))
        #expect(allows(both, from: "shop/front"))
        #expect(!allows(both) && !allows(both, from: "203.0.113.7"))
    }

    @Test("S64: a type without code is of any code; a negated one is not both")
    func messages() {
        func rule(_ ports: PortMatch, except: [PortMatch] = []) -> Rule {
            Rule(.allow, ports: .only([ports]), conditions: .init(exceptPorts: except))
        }
        func hears(_ rule: Rule, _ type: UInt8, _ code: UInt8) -> Bool {
            allows(rule, .icmp, nil, type: type, code: code)
        }
        let anyCode = rule(.icmp(.icmp, type: 3, code: nil))
        #expect(hears(anyCode, 3, 0) && hears(anyCode, 3, 4) && !hears(anyCode, 8, 0))
        let one = rule(.icmp(.icmp, type: 3, code: 4))
        #expect(hears(one, 3, 4) && !hears(one, 3, 0) && !hears(one, 8, 4))
        let others = rule(.every(.icmp), except: [.icmp(.icmp, type: 3, code: 4)])
        #expect(!hears(others, 3, 4) && hears(others, 3, 0) && hears(others, 8, 4))
        #expect(!allows(others))
    }

    @Test("S65: a value that looks like an operator is just a value")
    func values() {
        for value in ["all()", "global()", "has(x)"] {
            let rule = from(
                AddressMatch(selector: everything(.isOneOf(key: "app", values: [value]))))
            #expect(!allows(rule))
            #expect(
                allows(rule) { state in
                    for index in state.endpoints.indices {
                        state.endpoints[index].labels["app"] = value
                    }
                })
        }
    }

    @Test("S66: notNets of everything silences one family, nets of one are none of the other")
    func families() {
        let v6Only = from(AddressMatch(notNets: [CIDR("0.0.0.0/0")!]))
        #expect(!allows(v6Only) && allows(v6Only, family: .ipv6))
        let v4Only = from(AddressMatch(nets: [CIDR("0.0.0.0/0")!]))
        #expect(allows(v4Only) && !allows(v4Only, family: .ipv6))
        let inner = from(
            AddressMatch(nets: [CIDR("10.0.0.0/8")!], notNets: [CIDR("10.0.0.6/32")!]))
        #expect(!allows(inner) && allows(inner, from: "shop/front"))
    }

    @Test("S67: a rule whose peers or ports nothing meets allows nothing")
    func unenforceable() {
        #expect(!allows(Rule(.allow, peers: .only([]))))
        #expect(!allows(Rule(.allow, ports: .only([]))))
        #expect(allows(Rule(.allow)))
    }

    @Test("Source ports, those that are excepted, and the subject's own address")
    func conditions() {
        var rule = Rule(
            .allow,
            conditions: .init(
                sourcePorts: .only([.numbers(.tcp, 1000...2000)]),
                exceptSourcePorts: [.numbers(.tcp, 1500...1500)]))
        #expect(allows(rule, sourcePort: 1000) && !allows(rule, sourcePort: 1500))
        #expect(!allows(rule, sourcePort: 999) && !allows(rule, .udp, sourcePort: 1000))
        rule = Rule(
            .allow,
            conditions: .init(own: .only([.addresses(.init(nets: [CIDR("10.0.0.1/32")!]))])))
        #expect(allows(rule) && !allows(rule, family: .ipv6))
    }

    @Test(
        "A Service is its addresses as a source, and its addresses with its ports as a destination")
    func services() {
        let slice = ServiceSlice(
            id: ServiceSliceID(namespace: "shop", name: "s-1"), service: "s",
            addresses: [IPAddress("10.0.0.1")!, IPAddress("10.0.0.6")!],
            ports: [ServicePort(transport: .tcp, number: 80)])
        let service = Peer.service(ServiceID(namespace: "shop", name: "s"))
        let source = Rule.allow(service)
        #expect(allows(source, .udp, 9) { $0.serviceSlices = [slice] } && !allows(source))
        #expect(!allows(source, from: "shop/db") { $0.serviceSlices = [slice] })
        let own = Rule(.allow, conditions: .init(own: .only([service])))
        #expect(allows(own, from: "shop/db") { $0.serviceSlices = [slice] })
        #expect(!allows(own, from: "shop/db", .tcp, 81) { $0.serviceSlices = [slice] })
    }
}
