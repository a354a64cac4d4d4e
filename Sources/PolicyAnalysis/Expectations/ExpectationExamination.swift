// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyDocuments
import PolicyModel
import PolicyVerification

/// Examines expectations one after the other against one cluster.
struct ExpectationExamination {
    private(set) var diagnostics: [Diagnostic] = []
    private let state: ClusterState
    private let endpoints: [EndpointID: Endpoint]
    private let directory: PartyDirectory
    private let reasons: DecisionReasons
    private var governing: [EndpointID: [Policy]] = [:]

    init(_ documents: DecodedDocuments) {
        let cluster = AnalysedCluster(ClusterAssembly(documents))
        state = cluster.state
        endpoints = Dictionary(state.endpoints.map { ($0.id, $0) }) { first, _ in first }
        directory = PartyDirectory(cluster)
        reasons = DecisionReasons(documents.layouts)
    }

    /// Adds to a test's result what one of its expectations brings.
    mutating func examine(_ expectation: TrafficExpectation, in result: inout PolicyTestResult) {
        let senders = expectation.senders.flatMap { parties($0) }
        let receivers = expectation.receivers.flatMap { parties($0) }
        guard !senders.isEmpty, !receivers.isEmpty else { return }
        var pairs = Self.pairs(senders, receivers)
        // Where one pod is named on both sides, itself is meant.
        if pairs.isEmpty { pairs = Self.pairs(senders, receivers, withItself: true) }
        guard !pairs.isEmpty else { return refuse(expectation, senders, receivers) }
        for ports in expectation.ports {
            var hasMeaning = false
            var reported: Set<[String]> = []
            for (sender, receiver) in pairs {
                let named = receiver.endpoint.flatMap { endpoints[$0]?.namedPorts } ?? []
                guard let set = TrafficPortSet(ports.value, named: named) else { continue }
                hasMeaning = true
                result.pairCount += 1
                for failure in failures(of: expectation, sender, receiver, set) {
                    // The families of one pair, and most of the world, fail alike.
                    let kind = [sender.group, receiver.group, failure.ports] + failure.reasons
                    if reported.insert(kind).inserted { result.failures.append(failure) }
                }
            }
            if !hasMeaning {
                problem(
                    ports.origin, "no receiver has a port of this name",
                    remedy: "write the port's number, or name the port in the pod's manifest")
            }
        }
    }

    private mutating func parties(_ side: Located<TrafficSide>) -> [Party] {
        do {
            return try directory.parties(side.value)
        } catch {
            problem(side.origin, error.message, remedy: error.remedy)
            return []
        }
    }

    /// The pairs of one family, of which one side at least is a pod, and not both the same pod.
    ///
    /// - Parameter withItself: whether both may be the same: cluster-wide policies can deny what a pod
    ///   sends to itself by way of a Service (S24).
    private static func pairs(
        _ senders: [Party], _ receivers: [Party], withItself: Bool = false
    ) -> [(Party, Party)] {
        senders.flatMap { sender in
            receivers.compactMap { receiver in
                guard sender.address.family == receiver.address.family,
                    sender.endpoint != nil || receiver.endpoint != nil,
                    withItself || sender.endpoint != receiver.endpoint
                else { return nil }
                return (sender, receiver)
            }
        }
    }

    /// Says why there is no pair.
    private mutating func refuse(
        _ expectation: TrafficExpectation, _ senders: [Party], _ receivers: [Party]
    ) {
        let all = senders + receivers
        if all.allSatisfy({ $0.endpoint == nil }) {
            problem(
                expectation.origin, "neither side is a pod, so that policies have no say",
                remedy: "name a pod in from or in to")
        } else {
            problem(
                expectation.origin, "the two sides have no addresses of one family",
                remedy: "give the pods addresses of both families, or leave them out")
        }
    }

    private mutating func problem(_ origin: Origin, _ message: String, remedy: String?) {
        diagnostics.append(Diagnostic(.error, at: origin, message: message, remedy: remedy))
    }

    private mutating func failures(
        of expectation: TrafficExpectation, _ sender: Party, _ receiver: Party,
        _ ports: TrafficPortSet
    ) -> [PolicyTestFailure] {
        let owners = [sender.endpoint, receiver.endpoint].compactMap { $0 }
        let judge = PairJudge(
            from: sender, to: receiver, owners.compactMap { endpoints[$0] },
            owners.flatMap { policies(governing: $0) }.withoutRepetitions, state)
        return judge.decisions(at: ports).filter {
            $0.decision.isAllowed != (expectation.verdict == .allow)
        }.map {
            PolicyTestFailure(
                origin: expectation.origin, expected: expectation.verdict, sender: sender.name,
                receiver: receiver.name, ports: $0.ports.description,
                reasons: reasons.of($0.decision, sender, receiver))
        }
    }

    private mutating func policies(governing id: EndpointID) -> [Policy] {
        if let known = governing[id] { return known }
        guard let endpoint = endpoints[id] else { return [] }
        let found = state.policies.filter { directory.isMatch($0.subject, endpoint) }
        governing[id] = found
        return found
    }
}

extension [Policy] {
    /// Of policies that are there twice the first.
    fileprivate var withoutRepetitions: [Policy] {
        var seen: Set<PolicyID> = []
        return filter { seen.insert($0.id).inserted }
    }
}
