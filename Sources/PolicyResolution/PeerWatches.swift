// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The endpoints' selectors and questions that somebody follows, and what has changed for them since it was last
/// asked.
struct PeerWatches {
    private enum Watch {
        case peer(EndpointPeer, EndpointSelector)
        /// With the number of selected endpoints that give each answer.
        case question(PortQuestion, counts: [UInt16: Int])

        var selector: EndpointSelector {
            switch self {
            case .peer(_, let selector): selector
            case .question(let question, _): question.selector
            }
        }
    }

    private struct Membership: Hashable {
        var watch: Int
        var address: IPAddress
    }

    private var watches: [Int: Watch] = [:]
    /// A watch for each question that is followed.
    private var questions: [PortQuestion: Int] = [:]
    private var index = SelectorIndex<Int>()
    /// Those whose selector asks for labels of namespaces.
    private var withNamespaceLabels: Set<Int> = []
    /// Those that ask for labels of service accounts, or for virtual labels.
    private var withInheritedLabels: Set<Int> = []
    /// True for addresses that have become members, false for such that no longer are.
    private var turns: [Membership: Bool] = [:]
    /// The answers that questions have got or lost, by the questions' numbers.
    private var turnedAnswers: [Int: Set<UInt16>] = [:]

    // MARK: Following

    mutating func add(_ number: Int, _ peer: EndpointPeer) {
        if let selector = peer.selector { add(number, .peer(peer, selector)) }
    }

    mutating func add(
        _ number: Int, _ question: PortQuestion, _ endpoints: some Sequence<Endpoint>
    ) {
        var counts: [UInt16: Int] = [:]
        for endpoint in endpoints {
            for number in endpoint.answers(to: question) { counts[number, default: 0] += 1 }
        }
        add(number, .question(question, counts: counts))
        questions[question] = number
    }

    /// The answers to a question, ascending; nil if nobody follows it.
    func answers(to question: PortQuestion) -> [UInt16]? {
        guard let number = questions[question], case .question(_, let counts)? = watches[number]
        else { return nil }
        return counts.keys.sorted()
    }

    private mutating func add(_ number: Int, _ watch: Watch) {
        watches[number] = watch
        index.insert(number, watch.selector)
        if case .labelled = watch.selector.namespaces { withNamespaceLabels.insert(number) }
        if !watch.selector.asksOwnLabelsOnly { withInheritedLabels.insert(number) }
    }

    mutating func remove(_ number: Int) {
        guard let watch = watches.removeValue(forKey: number) else { return }
        if case .question(let question, _) = watch, questions[question] == number {
            questions[question] = nil
        }
        index.remove(number, watch.selector)
        withNamespaceLabels.remove(number)
        withInheritedLabels.remove(number)
    }

    // MARK: What changes

    /// The watches that the endpoint concerns.
    func matching(_ endpoint: Endpoint, _ inherited: InheritedLabels) -> [Int] {
        index.matches(endpoint, inherited)
    }

    /// The watches that an endpoint begins or ceases to concern with other labels of its own.
    func turning(
        _ endpoint: Endpoint, becoming labels: [String: String], _ inherited: InheritedLabels
    ) -> (gained: [Int], lost: [Int]) {
        let old = inherited.target(endpoint)
        var new = old
        new.labels = labels
        return index.turning(from: old, to: new)
    }

    /// The watches whose view of a namespace's endpoints may change with its labels.
    func concerned(byLabels old: [String: String], becoming new: [String: String]) -> [Int] {
        let turning = withNamespaceLabels.subtracting(withInheritedLabels).filter { number in
            guard case .labelled(let condition)? = watches[number]?.selector.namespaces else {
                return false
            }
            return condition.matches(old) != condition.matches(new)
        }
        return Array(withInheritedLabels) + turning
    }

    /// The watches whose view of endpoints may change with the labels of their service account.
    var concernedByAccounts: [Int] { Array(withInheritedLabels) }

    /// Whether the watch concerns the endpoint.
    func concerns(_ number: Int, _ endpoint: Endpoint, _ inherited: InheritedLabels) -> Bool {
        watches[number]?.selector.matches(endpoint, inherited) ?? false
    }

    /// The owner of an address becomes, or ceases to be, one whom the watch selects.
    mutating func turn(
        _ number: Int, _ address: IPAddress, of endpoint: Endpoint, isMember: Bool
    ) {
        guard case .peer(let peer, _) = watches[number], peer.counts(address, of: endpoint) else {
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
