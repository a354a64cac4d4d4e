// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel
import PolicyTestKit

/// Changes as a busy cluster has them, one after the other, that a seed determines: pods join and leave
/// in equal numbers, get other labels and other addresses; now and then a policy is edited. Pods of
/// the node are as likely as any.
struct ChurnSequence {
    /// The state after all changes drawn so far.
    private(set) var state: ClusterState
    private let world: ScaledWorld
    private var random: SeededGenerator
    private var latest = 0
    /// What joined, by what it was.
    private(set) var counts: [Kind: Int] = [:]

    enum Kind: String, CaseIterable {
        case join
        case leave
        case relabel
        case move
        case policy
    }

    init(_ world: ScaledWorld) {
        self.world = world
        state = world.state()
        random = SeededGenerator(seed: world.seed)
    }

    mutating func next() -> ClusterChange {
        let kind = random.pick(weighted: [
            Kind.join: 300, .leave: 300, .relabel: 250, .move: 145, .policy: 5,
        ])
        counts[kind, default: 0] += 1
        latest += 1
        if kind == .policy { return editPolicy() }
        let position = random.number(in: 0...(state.endpoints.count - 1))
        switch kind {
        case .join:
            var pod = state.endpoints[position]
            pod.id.name = "joined-\(latest)"
            pod.created += Int64(latest)
            pod.addresses = addresses()
            state.endpoints.append(pod)
            return .endpoint(pod.id, pod)
        case .leave:
            let gone = state.endpoints[position].id
            state.endpoints.swapAt(position, state.endpoints.count - 1)
            state.endpoints.removeLast()
            return .endpoint(gone, nil)
        case .relabel:
            relabel(position)
        case .move: state.endpoints[position].addresses = addresses()
        case .policy: break
        }
        return .endpoint(state.endpoints[position].id, state.endpoints[position])
    }

    /// Makes a pod one of another application of its namespace, so that as many are governed in the end
    /// as in the beginning; or gives it another one's labels, where there are no applications.
    private mutating func relabel(_ position: Int) {
        let labels = state.endpoints[position].labels
        guard let name = labels["app"], let number = Int(name.dropFirst("app-".count)) else {
            let other = random.number(in: 0...(state.endpoints.count - 1))
            state.endpoints[position].labels = state.endpoints[other].labels
            return
        }
        let step = random.number(in: 1...9) * world.namespaces
        state.endpoints[position].labels["app"] = "app-\((number + step) % world.policies)"
        state.endpoints[position].labels["version"] = "v\(random.number(in: 0...2))"
    }

    /// Addresses that nobody has had.
    private func addresses() -> [IPAddress] {
        [
            .ipv4(0x0a80_0000 + UInt32(latest)),
            .ipv6(UInt128(0xfd01) << 112 + UInt128(latest)),
        ]
    }

    /// One more port at the end of a policy, or the one that it got before in its place.
    private mutating func editPolicy() -> ClusterChange {
        let position = random.number(in: 0...(state.policies.count - 1))
        let port = UInt16(20_000 + latest % 10_000)
        let rule = Rule(.allow, ports: .only([.numbers(.tcp, port...port)]))
        var policy = state.policies[position]
        policy.ingress = Self.ending(policy.ingress, with: rule)
        if policy.ingress == nil { policy.egress = Self.ending(policy.egress, with: rule) }
        state.policies[position] = policy
        return .policy(policy.id, policy)
    }

    private static func ending(_ rules: [Rule]?, with rule: Rule) -> [Rule]? {
        guard var rules else { return nil }
        if let last = rules.last, last.peers == .anyone, case .only(let ports) = last.ports,
            case .numbers(.tcp, let range)? = ports.first, range.lowerBound >= 20_000
        {
            rules.removeLast()
        }
        return rules + [rule]
    }
}
