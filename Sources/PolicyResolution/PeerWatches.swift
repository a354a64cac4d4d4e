// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The peers and questions that somebody follows, and what has changed for them since it was last
/// asked.
struct PeerWatches {
    private enum Watch {
        case peer(EndpointPeer)
        /// With the number of selected endpoints that give each answer.
        case question(PortQuestion, counts: [UInt16: Int])

        var selector: EndpointSelector {
            switch self {
            case .peer(let peer): peer.selector
            case .question(let question, _): question.selector
            }
        }
    }

    private struct Membership: Hashable {
        var watch: Int
        var address: IPAddress
    }

    private var watches: [Int: Watch] = [:]
    private var index = SelectorIndex<Int>()
    /// Those whose selector asks for labels of namespaces.
    private var withNamespaceLabels: Set<Int> = []
    private var latest = 0
    /// True for addresses that have become members, false for such that no longer are.
    private var turns: [Membership: Bool] = [:]
    /// The answers that questions have got or lost, by the questions' numbers.
    private var turnedAnswers: [Int: Set<UInt16>] = [:]

    // MARK: Following

    mutating func add(_ peer: EndpointPeer) -> Int { add(.peer(peer)) }

    mutating func add(_ question: PortQuestion, _ endpoints: some Sequence<Endpoint>) -> Int {
        var counts: [UInt16: Int] = [:]
        for endpoint in endpoints {
            for number in endpoint.answers(to: question) { counts[number, default: 0] += 1 }
        }
        return add(.question(question, counts: counts))
    }

    private mutating func add(_ watch: Watch) -> Int {
        latest += 1
        watches[latest] = watch
        index.insert(latest, watch.selector)
        if case .labelled = watch.selector.namespaces { withNamespaceLabels.insert(latest) }
        return latest
    }

    mutating func remove(_ number: Int) {
        guard let watch = watches.removeValue(forKey: number) else { return }
        index.remove(number, watch.selector)
        withNamespaceLabels.remove(number)
    }

    // MARK: What changes

    /// The watches that the endpoint concerns.
    func matching(_ endpoint: Endpoint, _ namespaces: NamespaceLabels) -> [Int] {
        index.matches(endpoint, namespaces)
    }

    /// The watches whose view of a namespace's endpoints changes with its labels, with the
    /// selectors for the endpoints' own labels.
    func turning(
        from old: [String: String], to new: [String: String]
    ) -> [(watch: Int, labels: Selector, isMatching: Bool)] {
        withNamespaceLabels.compactMap { number in
            guard let selector = watches[number]?.selector,
                case .labelled(let condition) = selector.namespaces
            else { return nil }
            let isMatching = condition.matches(new)
            if condition.matches(old) == isMatching { return nil }
            return (number, selector.labels, isMatching)
        }
    }

    /// The owner of an address becomes, or ceases to be, one whom the watch selects.
    mutating func turn(
        _ number: Int, _ address: IPAddress, of endpoint: Endpoint, isMember: Bool
    ) {
        guard case .peer(let peer) = watches[number], peer.counts(address, of: endpoint) else {
            return
        }
        let membership = Membership(watch: number, address: address)
        if turns.removeValue(forKey: membership) == nil { turns[membership] = isMember }
    }

    /// An endpoint's answers are to be counted in or out.
    mutating func count(_ number: Int, _ endpoint: Endpoint, by amount: Int) {
        guard case .question(let question, var counts) = watches[number] else { return }
        let answers = endpoint.answers(to: question)
        if answers.isEmpty { return }
        for answer in answers {
            let before = counts[answer] ?? 0
            let after = before + amount
            counts[answer] = after == 0 ? nil : after
            guard (before == 0) != (after == 0) else { continue }
            turnedAnswers[number, default: []].formSymmetricDifference([answer])
        }
        watches[number] = .question(question, counts: counts)
    }

    /// What has changed since the last call.
    mutating func take() -> (members: [Int: AddressChange], questions: Set<Int>) {
        var members: [Int: AddressChange] = [:]
        for (membership, isMember) in turns {
            if isMember {
                members[membership.watch, default: .init()].added.append(membership.address)
            } else {
                members[membership.watch, default: .init()].removed.append(membership.address)
            }
        }
        turns.removeAll(keepingCapacity: turns.count < 1_000)
        for number in members.keys {
            members[number]!.added.sort()
            members[number]!.removed.sort()
        }
        let questions = turnedAnswers.filter { !$0.value.isEmpty }.keys
        turnedAnswers = [:]
        return (members, Set(questions))
    }
}

extension EndpointPeer {
    /// Whether an address of an endpoint that the selector matches is a member.
    func counts(_ address: IPAddress, of endpoint: Endpoint) -> Bool {
        if let port, !endpoint.namedPorts.contains(port) { return false }
        return within?.contains(address) ?? true
    }
}

extension Endpoint {
    /// The numbers that the endpoint gives to the port name that is asked for, each once.
    func answers(to question: PortQuestion) -> Set<UInt16> {
        var numbers: Set<UInt16> = []
        for port in namedPorts
        where port.name == question.name && port.transport == question.transport {
            numbers.insert(port.number)
        }
        return numbers
    }
}
