// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import Testing

@testable import PolicyDocuments

@Suite struct EntityRuleTests {
    private func peers(_ source: String, kind: String = "NetworkPolicy") throws -> Peers {
        try calicoRule("{action: Allow, source: \(source)}", kind: kind).peers
    }

    private func endpoints(
        _ namespaces: NamespaceScope, _ labels: Selector = .everything,
        accounts: Selector? = nil
    ) -> EndpointSelector {
        EndpointSelector(
            namespaces: namespaces, labels: labels, serviceAccounts: accounts, reach: .everything)
    }

    @Test func aSelectorMeansThePolicysOwnNamespace() throws {
        #expect(
            try peers("{selector: has(a)}")
                == .only([.endpoints(endpoints(.named("shop"), .has("a")))]))
        #expect(
            try peers("{selector: has(a)}", kind: "GlobalNetworkPolicy")
                == .only([.endpoints(endpoints(.any, .has("a")))]))
    }

    @Test func aNamespaceSelectorReplacesTheOwnNamespace() throws {
        #expect(
            try peers("{namespaceSelector: has(b), selector: has(a)}")
                == .only([.endpoints(endpoints(.labelled(.has("b")), .has("a")))]))
        #expect(
            try peers("{namespaceSelector: all()}")
                == .only([.endpoints(endpoints(.labelled(.has("projectcalico.org/name"))))]))
        #expect(
            try peers("{namespaceSelector: global(), selector: has(a)}")
                == .only([
                    .endpoints(
                        endpoints(.labelled(.not(.has("projectcalico.org/name"))), .has("a")))
                ]))
    }

    @Test("S63: a negated selector alone adds the own namespace, if the policy has one")
    func notSelectorAlone() throws {
        let other = endpoints(.any, .has("a"))
        #expect(
            try peers("{notSelector: has(a)}")
                == .only([.endpoints(endpoints(.named("shop"), .not(.has("a"))))]))
        #expect(
            try peers("{notSelector: has(a)}", kind: "GlobalNetworkPolicy")
                == .only([.addresses(AddressMatch(notSelector: other))]))
    }

    @Test("S63: beside a selector, a negated one is asked of the same labels, not of the address")
    func notSelectorBesideSelector() throws {
        #expect(
            try peers("{selector: has(a), notSelector: has(b)}", kind: "GlobalNetworkPolicy")
                == .only([.endpoints(endpoints(.any, .all([.has("a"), .not(.has("b"))])))]))
    }

    @Test func everythingTogetherMustHold() throws {
        let block = try #require(CIDR("10.0.0.0/8"))
        let hole = try #require(CIDR("10.1.0.0/16"))
        #expect(
            try peers(
                "{selector: has(a), notSelector: has(b), nets: [10.0.0.0/8], notNets: [10.1.0.0/16]}"
            )
                == .only([
                    .addresses(
                        AddressMatch(
                            selector: endpoints(
                                .named("shop"), .all([.has("a"), .not(.has("b"))])),
                            nets: [block], notNets: [hole]))
                ]))
    }

    @Test("S66: an address alone is a block of one")
    func addresses() throws {
        let blocks = try ["10.0.0.1/32", "fd00::1/128"].map { try #require(CIDR($0)) }
        #expect(
            try peers("{nets: [10.0.0.1, \"fd00::1\"]}")
                == .only(blocks.map { .network($0, except: []) }))
        #expect(
            try peers("{notNets: [10.0.0.1, \"fd00::1\"]}")
                == .only([.addresses(AddressMatch(notNets: blocks))]))
    }

    @Test func serviceAccounts() throws {
        let names = Selector.isOneOf(key: "projectcalico.org/name", values: ["a", "b"])
        #expect(
            try peers("{serviceAccounts: {names: [b, a]}}")
                == .only([.endpoints(endpoints(.named("shop"), accounts: names))]))
        #expect(
            try peers("{serviceAccounts: {selector: has(team)}}", kind: "GlobalNetworkPolicy")
                == .only([.endpoints(endpoints(.any, accounts: .has("team")))]))
        #expect(
            try peers("{serviceAccounts: {names: [a, b], selector: has(team)}}")
                == .only([
                    .endpoints(endpoints(.named("shop"), accounts: .all([names, .has("team")])))
                ]))
        #expect(try peers("{serviceAccounts: {}}") == .anyone)
    }

    @Test func services() throws {
        #expect(
            try peers("{services: {name: web}}")
                == .only([.service(ServiceID(namespace: "shop", name: "web"))]))
        #expect(
            try peers("{services: {name: web, namespace: dev}}", kind: "GlobalNetworkPolicy")
                == .only([.service(ServiceID(namespace: "dev", name: "web"))]))
    }

    @Test("Empty texts and lists ask nothing", arguments: ["{}", "{selector: \"\", nets: []}"])
    func nothingAsked(source: String) throws {
        #expect(try peers(source) == .anyone)
    }

    @Test(
        "S65: what is malformed is an error, never everybody",
        arguments: [
            ("{nets: [10.0.0.0/33]}", "nets[0]: \"10.0.0.0/33\" is not a CIDR block"),
            ("{nets: [10.0.0]}", "nets[0]: \"10.0.0\" is not a CIDR block"),
            (
                "{nets: [\"::ffff:10.0.0.1\"]}",
                "nets[0]: \"::ffff:10.0.0.1\" is not a CIDR block"
            ),
            (
                "{notNets: [\"::ffff:10.0.0.0/104\"]}",
                "notNets[0]: \"::ffff:10.0.0.0/104\" is not a CIDR block"
            ),
            ("{nets: [7]}", "nets[0]: is a number, not text"),
            ("{ports: [80]}", "ports: stands without a protocol that has ports"),
            ("{notPorts: [80]}", "notPorts: stands without a protocol that has ports"),
            ("{services: {}}", "services.name: is missing"),
            ("{services: {name: web}, selector: has(a)}", "services: stands beside selector"),
            ("{services: {name: web}, nets: [10.0.0.0/8]}", "services: stands beside nets"),
            (
                "{services: {name: web}, serviceAccounts: {names: [a]}}",
                "services: stands beside serviceAccounts"
            ),
            (
                "{serviceAccounts: {names: [A_B]}}",
                "serviceAccounts.names[0]: \"A_B\" is not a service account's name"
            ),
        ])
    func bad(source: String, problem: String) {
        #expect(
            calicoProblems("NetworkPolicy", "{ingress: [{action: Allow, source: \(source)}]}")
                == ["spec.ingress[0].source.\(problem)"])
    }

    @Test(
        arguments: [
            ("0", "0 is not a port number"), ("65536", "65536 is not a port number"),
            ("\"80:\"", "\"80:\" is not a port"), ("\"9:8\"", "\"9:8\" ends before it begins"),
            ("\"0:8\"", "\"0:8\" is not a port"), ("\"a b\"", "\"a b\" is not a port"),
            ("\"80-90\"", "\"80-90\" is a port's name, not a range, and matches nothing"),
            ("\"99999\"", "\"99999\" is not a port"), ("\"\"", "\"\" is not a port"),
            ("-1", "-1 is not a port number"), ("true", "is a boolean, not a number"),
        ])
    func ports(port: String, problem: String) {
        let problems = calicoProblems(
            "NetworkPolicy",
            "{ingress: [{action: Allow, protocol: TCP, destination: {ports: [\(port)]}}]}")
        #expect(
            problems
                == (problem.isEmpty ? [] : ["spec.ingress[0].destination.ports[0]: \(problem)"]))
    }

    @Test func servicesAreForTheOtherSideOnly() {
        #expect(
            calicoProblems(
                "NetworkPolicy", "{ingress: [{action: Allow, destination: {services: {name: a}}}]}")
                == [
                    "spec.ingress[0].destination.services: stands at the end of the policy's own "
                        + "endpoints"
                ])
        #expect(
            calicoProblems(
                "NetworkPolicy",
                "{egress: [{action: Allow, protocol: TCP, destination: {services: {name: a}, "
                    + "ports: [80]}}]}")
                == ["spec.egress[0].destination.services: stands beside ports"])
        #expect(
            calicoProblems(
                "GlobalNetworkPolicy",
                "{egress: [{action: Allow, destination: {services: {name: a}}}]}")
                == ["spec.egress[0].destination.services.namespace: is missing"])
    }

    @Test func familiesMustAgree() {
        #expect(
            calicoProblems(
                "NetworkPolicy",
                "{ingress: [{action: Allow, ipVersion: 6, source: {nets: [10.0.0.0/8]}}]}")
                == ["spec.ingress[0].source.nets[0]: 10.0.0.0/8 is not of the rule's ipVersion"])
    }

    @Test func globalMustStandAloneAndInANamespaceSelector() {
        for source in [
            "{selector: global()}", "{notSelector: global()}",
            "{namespaceSelector: \"global() || has(a)\"}",
            "{serviceAccounts: {selector: global()}}",
        ] {
            let problems = calicoProblems(
                "NetworkPolicy", "{ingress: [{action: Allow, source: \(source)}]}")
            #expect(problems.count == 1, "\(source)")
        }
    }
}
