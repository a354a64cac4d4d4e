// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyResolution
import PolicyTestKit
import Testing

/// What a resolution that is kept up to date says of changes must lead from each state to the next.
@Suite struct LiveResolutionTests {
    @Test(
        "any history: members, answers and local endpoints are those of a resolution from scratch",
        arguments: 0..<30 as Range<UInt64>)
    func followsHistory(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let live = LiveResolution(node: WorldGenerator.localNode)
        var follower = Follower(live)
        var locals: [EndpointID: LocalEndpoint] = [:]
        for batch in ChangeSequence(seed: seed) {
            follower.followSome(in: batch.state, &random)
            let change = live.apply(batch.changes)
            let scratch = Resolution(batch.state, node: WorldGenerator.localNode)
            for (id, local) in change.locals { locals[id] = local?.local }
            #expect(live.localEndpoints.map(\.local) == scratch.localEndpoints)
            // What decides nothing may change unsaid: labels, or a tier's place among others.
            #expect(
                locals.values.sorted { $0.endpoint.id < $1.endpoint.id }.map(\.essence)
                    == scratch.localEndpoints.map(\.essence))
            try follower.take(change, scratch)
        }
    }

    @Test(
        "labels that change alone: members, answers and local endpoints are those from scratch",
        arguments: 0..<20 as Range<UInt64>)
    func followsRelabelling(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let live = LiveResolution(node: WorldGenerator.localNode)
        var follower = Follower(live)
        for batch in ChangeSequence(seed: seed) {
            follower.followSome(in: batch.state, &random)
            let first = Resolution(batch.state, node: WorldGenerator.localNode)
            try follower.take(live.apply(batch.changes), first)
            var relabelled = batch.state
            for index in relabelled.endpoints.indices where random.chance(40) {
                relabelled.endpoints[index].labels = random.pick(batch.state.endpoints).labels
            }
            for (old, new) in [(batch.state, relabelled), (relabelled, batch.state)] {
                let scratch = Resolution(new, node: WorldGenerator.localNode)
                try follower.take(live.apply(old.changes(to: new)), scratch)
                #expect(live.localEndpoints.map(\.local) == scratch.localEndpoints)
            }
        }
    }

    @Test("an answer that goes and comes again within a batch is not reported")
    func answerThatReturns() {
        let live = LiveResolution(node: "a")
        var pod = Endpoint(
            id: EndpointID(namespace: "shop", name: "web"), labels: ["app": "web"],
            addresses: [.ipv4(1)],
            namedPorts: [NamedPort(name: "http", transport: .tcp, number: 80)])
        _ = live.apply([.endpoint(pod.id, pod)])
        let question = live.follow(
            PortQuestion(name: "http", transport: .tcp, among: .everyEndpoint))
        pod.labels["app"] = "api"
        #expect(live.apply([.endpoint(pod.id, pod)]).questions.isEmpty)
        #expect(
            live.apply([.endpoint(pod.id, nil), .endpoint(pod.id, pod)]).questions.isEmpty)
        pod.namedPorts[0].number = 81
        #expect(live.apply([.endpoint(pod.id, pod)]).questions == [question])
    }

    @Test("revisions are equal exactly where stacks are", arguments: 0..<20 as Range<UInt64>)
    func revisions(seed: UInt64) {
        let live = LiveResolution(node: WorldGenerator.localNode)
        for batch in ChangeSequence(seed: seed) {
            _ = live.apply(batch.changes)
            for one in live.localEndpoints {
                for other in live.localEndpoints {
                    #expect(
                        (one.ingressRevisions == other.ingressRevisions)
                            == (one.local.ingress == other.local.ingress))
                    #expect(
                        (one.egressRevisions == other.egressRevisions)
                            == (one.local.egress == other.local.egress))
                }
            }
        }
    }
}

/// Follows peers and questions, and keeps what it is told of them.
private struct Follower {
    private let live: LiveResolution
    private var members: [Int: (peer: EndpointPeer, addresses: EndpointAddresses)] = [:]
    private var answers: [Int: (question: PortQuestion, numbers: [UInt16])] = [:]

    init(_ live: LiveResolution) { self.live = live }

    /// Follows some of what policies speak of and some variations, and lets some go.
    mutating func followSome(in state: ClusterState, _ random: inout SeededGenerator) {
        for number in members.keys.sorted() where random.chance(3) {
            live.unfollow(number)
            members[number] = nil
        }
        for number in answers.keys.sorted() where random.chance(3) {
            live.unfollow(number)
            answers[number] = nil
        }
        if members.count > 40 { return }
        for selector in state.policies.flatMap(\.peerSelectors) where random.chance(15) {
            var port: NamedPort?
            if random.chance(30) {
                port = NamedPort(name: "http", transport: .tcp, number: random.pick([80, 8080]))
            }
            var within: AddressSet?
            if random.chance(30) {
                let block = CIDR(.ipv4(0x0af4_0000), prefixLength: random.pick([24, 28]))
                within = AddressSet([block])
            }
            let peer = EndpointPeer(selector, port: port, within: within)
            members[live.follow(peer)] = (peer, live.addresses(of: peer))
            let question = PortQuestion(
                name: random.pick(["http", "dns"]), transport: .tcp, among: selector)
            answers[live.follow(question)] = (question, numbers(question, live))
        }
    }

    private func numbers(_ question: PortQuestion, _ directory: some PeerDirectory) -> [UInt16] {
        directory.numbers(
            of: question.name, transport: question.transport, among: question.selector)
    }

    mutating func take(_ change: ResolutionChange, _ scratch: Resolution) throws {
        try #require(change.members.keys.allSatisfy { members[$0] != nil })
        try #require(change.questions.allSatisfy { answers[$0] != nil })
        for (number, (peer, former)) in members {
            var addresses = former
            if let delta = change.members[number] {
                #expect(!delta.isEmpty)
                addresses = try #require(former.applying(delta), "\(peer)")
            }
            #expect(addresses == scratch.addresses(of: peer), "\(peer)")
            #expect(addresses == live.addresses(of: peer), "\(peer)")
            members[number] = (peer, addresses)
        }
        for (number, (question, former)) in answers {
            let present = numbers(question, scratch)
            #expect(present == numbers(question, live))
            #expect(change.questions.contains(number) == (present != former), "\(question)")
            answers[number] = (question, present)
        }
    }
}

extension EndpointAddresses {
    /// The addresses after a change; nil if it adds what is there or removes what is not.
    fileprivate func applying(_ change: AddressChange) -> EndpointAddresses? {
        guard let ipv4 = Self.apply(change.added.ipv4, change.removed.ipv4, to: ipv4),
            let ipv6 = Self.apply(change.added.ipv6, change.removed.ipv6, to: ipv6)
        else { return nil }
        return EndpointAddresses(ipv4: ipv4, ipv6: ipv6)
    }

    private static func apply<Bits: AddressBits>(
        _ added: [Bits], _ removed: [Bits], to list: [Bits]
    ) -> [Bits]? {
        guard added == added.sorted(), removed == removed.sorted() else { return nil }
        var set = Set(list)
        for address in removed where set.remove(address) == nil { return nil }
        for address in added where !set.insert(address).inserted { return nil }
        return Set(added).isDisjoint(with: removed) ? set.sorted() : nil
    }
}

extension LocalEndpoint {
    /// All of it that decides something.
    fileprivate var essence: [AnyHashable] {
        [endpoint.id, endpoint.namedPorts, addresses, ingress.essence, egress.essence]
    }
}

extension PolicyStack {
    fileprivate var essence: [[AnyHashable]] {
        tiers.map { [$0.tier.defaultAction, $0.policies] }
    }
}

extension Policy {
    fileprivate var peerSelectors: [EndpointSelector] {
        allRules.flatMap { rule -> [EndpointSelector] in
            guard case .only(let peers) = rule.peers else { return [] }
            return peers.compactMap {
                if case .endpoints(let selector) = $0 { selector } else { nil }
            }
        }
    }
}
