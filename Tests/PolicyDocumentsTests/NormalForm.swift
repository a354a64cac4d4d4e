// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel

/// States in a form that is the same for what the APIs let be written in several ways.
extension ClusterState {
    /// Lists in order of name, implied objects stated, selectors canonical with their parts in order, and
    /// conditions on addresses in their simplest shape.
    var normalForm: ClusterState {
        var state = self
        state.endpoints = endpoints.map(\.normalForm).sorted { $0.id < $1.id }
        state.policies = policies.map(\.normalForm).sorted { $0.id < $1.id }
        state.stagedPolicies = stagedPolicies.map(\.normalForm).sorted { $0.id < $1.id }
        state.profiles = profiles.map(\.normalForm).sorted { $0.name < $1.name }
        state.tiers = Set(tiers + Tier.builtIn).sorted()
        state.nodes.sort { $0.name < $1.name }
        state.serviceAccounts.sort { $0.id < $1.id }
        state.networkSets.sort { $0.id < $1.id }
        state.serviceSlices.sort { $0.id < $1.id }
        state.configurations.sort { $0.name < $1.name }
        var implied = Set(endpoints.map(\.id.namespace))
        implied.formUnion(policies.compactMap(\.id.namespace))
        implied.formUnion(serviceAccounts.map(\.id.namespace))
        implied.formUnion(networkSets.compactMap(\.id.namespace))
        implied.formUnion(serviceSlices.map(\.id.namespace))
        implied.subtract(namespaces.map(\.name) + [""])
        state.namespaces =
            (namespaces + implied.map { Namespace(name: $0) }).sorted { $0.name < $1.name }
        return state
    }

    /// The objects that are in one of the states alone, as texts.
    func differences(from other: ClusterState) -> [String] {
        func compare<Value: Hashable>(_ list: KeyPath<ClusterState, [Value]>) -> [String] {
            let (own, others) = (Set(self[keyPath: list]), Set(other[keyPath: list]))
            return own.subtracting(others).map { "unexpected: \($0)" }
                + others.subtracting(own).map { "missing: \($0)" }
        }
        return compare(\.namespaces) + compare(\.nodes) + compare(\.endpoints)
            + compare(\.tiers) + compare(\.policies) + compare(\.stagedPolicies)
            + compare(\.profiles) + compare(\.serviceAccounts) + compare(\.networkSets)
            + compare(\.serviceSlices) + compare(\.configurations)
    }
}

extension Endpoint {
    /// Pods that name no account run as `default`.
    fileprivate var normalForm: Endpoint {
        var endpoint = self
        if id.kind == .pod, serviceAccount == nil {
            endpoint.serviceAccount = ServiceAccount.standardName
        }
        return endpoint
    }
}

extension Policy {
    fileprivate var normalForm: Policy {
        var policy = self
        policy.subject = subject.normalForm
        policy.ingress = ingress?.map(\.normalForm)
        policy.egress = egress?.map(\.normalForm)
        return policy
    }
}

extension StagedPolicy {
    fileprivate var normalForm: StagedPolicy {
        guard case .set(let policy) = action else { return self }
        return StagedPolicy(id: id, action: .set(policy.normalForm))
    }
}

extension Profile {
    fileprivate var normalForm: Profile {
        Profile(
            name: name, labels: labels, ingress: ingress.map(\.normalForm),
            egress: egress.map(\.normalForm))
    }
}

extension Rule {
    fileprivate var normalForm: Rule {
        var rule = self
        rule.peers = peers.normalForm
        rule.conditions.own = conditions.own.normalForm
        return rule
    }
}

extension Peers {
    fileprivate var normalForm: Peers {
        guard case .only(let list) = self else { return self }
        return .only(list.flatMap(\.normalForm))
    }
}

extension Peer {
    /// A condition on addresses that asks one thing is a peer of that kind.
    fileprivate var normalForm: [Peer] {
        switch self {
        case .endpoints(let selector): return [.endpoints(selector.normalForm)]
        case .nodes(let labels): return [.nodes(labels.normalForm)]
        case .network, .service: return [self]
        case .addresses(let match):
            switch (match.selector, match.notSelector, match.nets, match.notNets) {
            case (let selector?, nil, nil, []): return [.endpoints(selector.normalForm)]
            case (nil, nil, let nets?, []): return nets.map { .network($0, except: []) }
            default:
                var match = match
                match.selector = match.selector?.normalForm
                match.notSelector = match.notSelector?.normalForm
                return [.addresses(match)]
            }
        }
    }
}

extension EndpointSelector {
    fileprivate var normalForm: EndpointSelector {
        var selector = self
        selector.labels = labels.normalForm
        selector.serviceAccounts = serviceAccounts?.normalForm
        if case .labelled(let labels) = namespaces {
            selector.namespaces = .labelled(labels.normalForm)
        }
        return selector
    }
}

extension Selector {
    /// Canonical, with operands in order, and without a label that is there or is not.
    fileprivate var normalForm: Selector {
        switch canonical {
        case .all(let operands): Selector.all(operands.normalForms).canonical
        case .any(let operands):
            operands.contains { operands.contains(.not($0)) }
                ? .everything : Selector.any(operands.normalForms).canonical
        case .not(let operand): Selector.not(operand.normalForm).canonical
        case let simple: simple
        }
    }
}

extension [Selector] {
    fileprivate var normalForms: [Selector] {
        Set(map(\.normalForm)).sorted { $0.description < $1.description }
    }
}
