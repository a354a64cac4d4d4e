// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import NodeCompiler
import PolicyModel
import PolicyTestKit
import PolicyVerification
import Testing

/// The proof where host endpoints and settings judge the node's own packets, on rulesets as they are
/// and spoilt.
@Suite struct HostProofTests {
    private static let node = WorldGenerator.localNode

    @Test("S88: rulesets of host endpoints are proved, but for policies without connections")
    func compiledRulesets() throws {
        var proved = 0
        for seed in UInt64(0)..<80 {
            let state = HostWorld(seed: seed).state.withoutUntrackedPolicies
            let table = NodeCompilation(state, node: Self.node).table
            let report = Verification(state, localNode: Self.node).verify(table)
            try #require(report.differences.isEmpty, "seed \(seed): \(report)")
            // Whose port a name means there is not covered.
            for doubt in report.doubts {
                try #require(doubt.reason.hasPrefix("names of ports"), "seed \(seed): \(doubt)")
            }
            let isGoverned = state.endpoints.contains { $0.id.kind == .host }
            proved += isGoverned && report.outcome == .proved ? 1 : 0
        }
        print("\(proved) worlds with host endpoints are proved")
        #expect(proved > 30)
    }

    @Test("S88: where a policy without connections governs a host endpoint, nothing is proved")
    func untracked() throws {
        var asked = 0
        for seed in UInt64(0)..<60 {
            let state = HostWorld(seed: seed).state
            let table = NodeCompilation(state, node: Self.node).table
            guard table.chains.contains(where: { $0.name == "leave-untracked" }) else { continue }
            asked += 1
            let report = Verification(state, localNode: Self.node).verify(table)
            try #require(report.outcome != .proved, "seed \(seed)")
            #expect(report.doubts.contains { $0.reason.contains("doNotTrack") })
        }
        #expect(asked > 10)
    }

    @Test("S88: what is proved of a spoilt ruleset holds for packets by every interface")
    func mutants() throws {
        var outcomes: [VerificationReport.Outcome: Int] = [:]
        for seed in UInt64(0)..<25 {
            let state = HostWorld(seed: seed).state.withoutUntrackedPolicies
            let table = NodeCompilation(state, node: Self.node).table
            let tally = try MutantComparison(state, node: Self.node).compare(
                table.mutants(seed: seed, 25), seed: seed)
            outcomes.merge(tally, uniquingKeysWith: +)
        }
        print("outcomes: \(outcomes)")
        #expect(outcomes[.different, default: 0] > 100)
        #expect(outcomes[.proved, default: 0] > 10)
    }

    @Test("S83: every rule and element of a closed host endpoint is needed for the proof")
    func closedHost() throws {
        for traffic in [HostTraffic.local, .forwardedToo, .beforeTranslation] {
            let state = ClosedHost.state(traffic)
            let table = NodeCompilation(state, node: "alpha").table
            let verification = Verification(state, localNode: "alpha")
            let whole = verification.verify(table)
            #expect(whole.outcome == .proved, "\(whole)")
            for (position, chain) in table.chains.enumerated() {
                for (number, rule) in chain.rules.enumerated()
                where chain.name.hasPrefix("host-") && !chain.name.hasPrefix("host-translated") {
                    var mutant = table
                    mutant.chains[position].rules.remove(at: number)
                    let report = verification.verify(mutant)
                    let what = "\(traffic): \(chain.name)[\(number)] \(rule.text())"
                    // No host endpoint here means workloads or the loopback interface.
                    if what.contains("@workloads") || what.contains("\"lo\"") { continue }
                    #expect(report.outcome == .different, "\(what)")
                }
            }
        }
    }

    @Test("S87: what becomes of packets from workloads to their node is proved")
    func endpointToHost() {
        for action in [EnforcementSettings.EndpointToHost.accept, .drop, .proceed] {
            var state = ClosedHost.state(.local)
            state.configurations = [NodeConfiguration(name: "default", endpointToHost: action)]
            let table = NodeCompilation(state, node: "alpha").table
            let report = Verification(state, localNode: "alpha").verify(table)
            #expect(report.outcome == .proved, "\(action): \(report)")
            // The pod's interface has no host endpoint to which the packets could be left.
            for other in [nil, EnforcementSettings.EndpointToHost.accept, .drop]
            where other != action && !(action == .proceed && other == .accept) {
                var changed = state
                changed.configurations = [NodeConfiguration(name: "default", endpointToHost: other)]
                let compiled = NodeCompilation(changed, node: "alpha").table
                let wrong = Verification(state, localNode: "alpha").verify(compiled)
                #expect(
                    wrong.outcome == .different,
                    "\(action), compiled as \(other.map { "\($0)" } ?? "none")")
            }
        }
    }
}

extension ClusterState {
    /// The same state without policies that are asked before connections are tracked.
    fileprivate var withoutUntrackedPolicies: ClusterState {
        var state = self
        state.policies.removeAll { $0.hostTraffic == .untracked }
        return state
    }
}

/// A node with a host endpoint of which a policy allows one client's HTTPS, and a pod that may send
/// HTTP.
private enum ClosedHost {
    static func state(_ traffic: HostTraffic) -> ClusterState {
        let https = PolicyModel.Rule(
            .allow, peers: .only([.network(CIDR("198.51.100.0/24")!, except: [])]),
            ports: .only([.numbers(.tcp, 443...443)]))
        let denial = PolicyModel.Rule(.deny)
        let http = PolicyModel.Rule(.allow, ports: .only([.numbers(.tcp, 80...80)]))
        return ClusterState(
            namespaces: [Namespace(name: "shop")],
            nodes: [Node(name: "alpha", addresses: [IPAddress("192.0.2.1")!])],
            endpoints: [
                Endpoint(
                    id: EndpointID(kind: .host, namespace: "", name: "eth0"), node: "alpha",
                    particulars: EndpointParticulars(interface: "eth0")),
                Endpoint(
                    id: EndpointID(namespace: "shop", name: "web"), node: "alpha",
                    addresses: [IPAddress("10.65.0.2")!],
                    particulars: EndpointParticulars(interface: "cali1")),
            ],
            policies: [
                Policy(
                    id: PolicyID(kind: "GlobalNetworkPolicy", namespace: nil, name: "host"),
                    subject: EndpointSelector(
                        namespaces: .any, labels: .not(.has("no")), reach: .everything),
                    ingress: [https, denial],
                    egress: traffic == .beforeTranslation ? nil : [https, denial],
                    hostTraffic: traffic),
                Policy(
                    id: PolicyID(kind: "NetworkPolicy", namespace: "shop", name: "web"),
                    order: 1000,
                    subject: EndpointSelector(
                        namespaces: .named("shop"), labels: .everything),
                    ingress: nil, egress: [http]),
            ])
    }
}
