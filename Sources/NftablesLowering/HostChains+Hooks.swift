// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// The base chains, and what they share.
extension HostChains {
    /// Packets for the node itself.
    var input: Chain {
        var rules = guardRules + Skeleton.connectionRules
        rules.append(Rule(Expression.isLoopback(.inputInterface) + [.verdict(.accept)]))
        rules += untrackedAgain(.ingress)
        // What comes by a host endpoint's own interface is no workload's, whatever its source says.
        if let set = hostInterfaceSet {
            rules.append(
                Rule(
                    Expression.isInterface(.inputInterface, in: set.name)
                        + [.verdict(.goto(name(.init(.hostLocal, .ingress))))]))
        }
        rules += fromWorkloads(
            program.settings.endpointToHost == nil
                ? .accept : .goto(FixedName.workloadToHost))
        rules += toDispatch(.init(.hostLocal, .ingress))
        return Chain(name: FixedName.input, base: BaseChain(hook: .input), rules: rules)
    }

    /// What a workload's own policies say of packets to its node, and what becomes of those that
    /// they let pass.
    var workloadToHost: Chain {
        var rules = byInterface + Skeleton.judgement(.egress)
        switch program.settings.endpointToHost {
        case .accept, nil: rules.append(Rule([.verdict(.accept)]))
        case .drop: rules.append(Rule([.counter, .verdict(.drop)]))
        case .proceed:
            rules += untrackedAgain(.ingress) + toDispatch(.init(.hostLocal, .ingress))
        }
        return Chain(
            name: FixedName.workloadToHost, comment: "packets from pods to their node",
            rules: rules)
    }

    var beforeTranslation: Chain {
        Chain(
            name: FixedName.beforeTranslation,
            base: BaseChain(hook: .prerouting, priority: -150),
            rules: Skeleton.connectionRules
                + [Rule(Expression.isLoopback(.inputInterface) + [.verdict(.accept)])]
                + untrackedAgain(.ingress)
                + toDispatch(.init(.hostBeforeTranslation, .ingress)))
    }

    /// What comes in, before connection tracking sees it.
    var arrival: Chain {
        Chain(
            name: FixedName.arrival, base: BaseChain(hook: .prerouting, priority: -300),
            rules: [
                Rule(Expression.isLoopback(.inputInterface) + [.verdict(.accept)]),
                Skeleton.sparesDiscovery,
            ] + failsafes(.ingress) + replies(to: .egress)
                + toDispatch(.init(.hostUntracked, .ingress)))
    }

    /// What the node sends, before connection tracking sees it.
    var departure: Chain {
        Chain(
            name: FixedName.departure, base: BaseChain(hook: .output, priority: -300),
            rules: [
                Rule(Expression.isLoopback(.outputInterface) + [.verdict(.accept)]),
                Skeleton.sparesDiscovery,
            ] + failsafes(.egress) + replies(to: .ingress)
                + toDispatch(.init(.hostUntracked, .egress)))
    }

    static let leaveUntracked = Chain(
        name: FixedName.leaveUntracked, comment: "allowed without a connection",
        rules: [Rule([.notrack, .verdict(.accept)])])

    /// The rules of the forward hook in front of the workloads' policies.
    var forwardRules: [Rule] {
        byInterface
            + [HostPass(.hostForward, .ingress), HostPass(.hostForward, .egress)].flatMap(jump)
    }

    /// What a workload sends is judged by its interface too: it may be allowed to send from more than
    /// its addresses.
    private var byInterface: [Rule] {
        egress.isEmpty
            ? []
            : [Rule(Expression.decideByInterface(.inputInterface, FixedName.guardedEgress))]
    }

    /// What is left to be asked of forwarded packets that a policy has let in by name before.
    var admitted: Chain {
        Chain(
            name: FixedName.admitted, comment: "let in before it was translated, or tracked",
            rules: jump(.init(.hostForward, .egress)) + [
                Rule([.verdict(.jump(FixedName.dispatch))]), Rule([.verdict(.accept)]),
            ])
    }

    /// The rules of the output hook. Packets of the node itself never meet workloads' policies;
    /// what bears other addresses meets these and, as it leaves, those of host endpoints: nobody can
    /// tell what a socket has sent in another's name from what IPVS hands on.
    var outputRules: [Rule] {
        let pass = HostPass(.hostLocal, .egress)
        guard has(pass) else {
            return [
                Rule(Expression.isFromThisNode + [.verdict(.accept)]),
                Rule([.verdict(.goto(FixedName.dispatch))]),
            ]
        }
        let departs = Verdict.goto(name(pass))
        return [
            Rule(Expression.isFromThisNode + [.verdict(departs)]),
            Rule([.verdict(.jump(FixedName.dispatch))]), Rule([.verdict(departs)]),
        ]
    }
}
