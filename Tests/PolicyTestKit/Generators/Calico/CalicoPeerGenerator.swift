// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws one side of a rule as Calico's EntityRule says it: a selector and blocks, positive and
/// negated, or a Service.
struct CalicoPeerGenerator {
    private var random: SeededGenerator
    private let namespaces: [String]
    private let addresses: [IPAddress]
    private var selectors: CalicoSelectorGenerator

    init(random: SeededGenerator, namespaces: [String], addresses: [IPAddress]) {
        self.random = random
        self.namespaces = namespaces
        self.addresses = addresses
        selectors = CalicoSelectorGenerator(random: self.random.fork(), namespaces: namespaces)
    }

    /// The other side of a rule of a policy of this namespace.
    mutating func peers(namespace: String?) -> Peers {
        if random.chance(25) { return .anyone }
        if random.chance(18) { return .only([service()]) }
        return .only([.addresses(match(namespace: namespace))])
    }

    /// The side of the subject itself.
    mutating func own(namespace: String?) -> Peers {
        .only([.addresses(match(namespace: namespace))])
    }

    private mutating func service() -> Peer {
        .service(
            ServiceID(
                namespace: random.pick(namespaces), name: random.pick(CalicoVocabulary.services)))
    }

    private mutating func match(namespace: String?) -> AddressMatch {
        var match = AddressMatch()
        let shape = random.number(in: 0...99)
        if shape < 55 || shape >= 85 { match.selector = selector(own: namespace) }
        if random.chance(18) {
            let unwanted = selectors.selector()
            // Without a selector the policy's namespace stands in its place.
            if match.selector == nil, let namespace {
                match.selector = EndpointSelector(
                    namespaces: .named(namespace), labels: .everything, reach: .everything)
            }
            if let labels = match.selector?.labels {
                // Beside a selector it is asked of the same labels (S63).
                match.selector?.labels =
                    labels == .everything ? .not(unwanted) : .all([labels, .not(unwanted)])
            } else {
                match.notSelector = EndpointSelector(
                    namespaces: .any, labels: unwanted, reach: .everything)
            }
        }
        if (55..<95).contains(shape) { match.nets = blocks(1...3) }
        if random.chance(18) { match.notNets = blocks(1...2) }
        return match
    }

    private mutating func blocks(_ count: ClosedRange<Int>) -> [CIDR] {
        (0..<random.number(in: count)).map { _ in random.block(around: addresses) }
    }

    /// What a rule's selector stands for: endpoints and network sets of the policy's own namespace,
    /// of namespaces by label, of none, or of all.
    private mutating func selector(own namespace: String?) -> EndpointSelector {
        let scope: NamespaceScope =
            random.chance(45) ? namespace.map(NamespaceScope.named) ?? .any : labelled()
        return EndpointSelector(
            namespaces: scope, labels: random.chance(85) ? selectors.selector() : .everything,
            serviceAccounts: random.chance(15) ? accounts() : nil, reach: .everything)
    }

    /// What the rule's `namespaceSelector` says.
    mutating func labelled() -> NamespaceScope {
        let named = Selector.has(Namespace.calicoNameLabel)
        return .labelled(
            random.pick(weighted: [
                named: 20, .not(named): 15,
                .isOneOf(key: Namespace.calicoNameLabel, values: [random.pick(namespaces)]): 25,
                leaf(Vocabulary.namespaceLabels): 40,
            ]))
    }

    /// A condition on service accounts, by name, by label or by both.
    mutating func accounts() -> Selector {
        let names = Selector.isOneOf(
            key: ServiceAccount.nameLabel,
            values: random.some(
                random.number(in: 1...2),
                of: CalicoVocabulary.accounts + [ServiceAccount.standardName]))
        let labels = leaf(CalicoVocabulary.accountLabels)
        return random.pick([names, labels, .all([names, labels])])
    }

    /// A condition other than on everything, which Calico's empty selectors would be.
    private mutating func leaf(_ choices: [Vocabulary.LabelChoice]) -> Selector {
        let selector = selectors.selector(choices)
        return selector == .everything ? .has(choices[0].key) : selector
    }
}
