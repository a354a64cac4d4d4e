// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// The way from an interface to the policies of its host endpoint.
extension HostChains {
    /// The name of the chain that leads to what host endpoints say there.
    func name(_ pass: HostPass) -> String { dispatches[pass]!.chain.name }

    func jump(_ pass: HostPass) -> [Rule] {
        has(pass) ? [Rule([.verdict(.jump(name(pass)))])] : []
    }

    /// The same for packets that connection tracking calls so.
    private func jump(_ pass: HostPass, of state: ConnectionStates) -> [Rule] {
        jump(pass).map { Rule(Expression.isConnection(state) + $0.expressions) }
    }

    func toDispatch(_ pass: HostPass) -> [Rule] {
        has(pass) ? [Rule([.verdict(.goto(name(pass)))])] : []
    }

    /// Packets that nobody tracks are asked again whether it is host endpoints' policies that
    /// allow them so.
    func untrackedAgain(_ direction: Direction) -> [Rule] {
        jump(.init(.hostUntracked, direction), of: .untracked)
    }

    /// What comes from workloads: by an interface of theirs or, where that of its source is not known,
    /// by any.
    func fromWorkloads(_ verdict: Verdict) -> [Rule] {
        if !knowsPlaces { return Self.workloadRules(.source, verdict) }
        let byInterface = Rule(
            Expression.isInterface(.inputInterface, in: FixedName.workloadInterfaces)
                + [.verdict(verdict)])
        return [byInterface]
            + AddressFamily.allCases.map { family in
                Rule(
                    Expression.isMember(.source, family, of: FixedName.workloads(family)) + [
                        .load(.source, family, into: .first),
                        .lookup(
                            set: FixedName.placedWorkloads(family), key: .first, isInverted: true),
                        .verdict(verdict),
                    ])
            }
    }

    private static func workloadRules(_ side: AddressSide, _ verdict: Verdict) -> [Rule] {
        AddressFamily.allCases.map { family in
            Rule(
                Expression.isMember(side, family, of: FixedName.workloads(family))
                    + [.verdict(verdict)])
        }
    }

    /// From the interface to the policies of its host endpoint.
    func dispatch(_ pass: HostPass) -> HostDispatch {
        let key: MetaKey = pass.direction == .ingress ? .inputInterface : .outputInterface
        let own: AddressSide = pass.direction == .ingress ? .destination : .source
        var rules: [Rule] = []
        switch (pass.stage, pass.direction) {
        case (.hostLocal, .egress):
            rules.append(Rule(Expression.isLoopback(key) + [.verdict(.accept)]))
            // What a node sends to its own workloads is never policed (S22).
            rules += Self.workloadRules(.destination, .accept)
            rules += untrackedAgain(.egress) + failsafes(.egress) + tunnels(.egress)
        case (.hostLocal, .ingress):
            rules += failsafes(.ingress) + tunnels(.ingress)
            rules += jump(.init(.hostTranslatedLocal, .ingress), of: .new)
        case (.hostForward, .ingress):
            rules += jump(.init(.hostUntrackedForward, .ingress), of: .untracked)
            rules += jump(.init(.hostTranslatedForward, .ingress), of: .new)
        case (.hostBeforeTranslation, _): rules += failsafes(.ingress)
        case (.hostTranslatedLocal, _), (.hostTranslatedForward, _):
            // What a failsafe port let in no policy has let in.
            rules += failsafes(.ingress, .return)
        default: break
        }
        let interfaces = interfaces(pass)
        rules.append(Rule(Expression.decideByInterface(key, interfaces.name)))
        var everywhere: [Rule] = []
        for endpoint in program.endpoints {
            let verdict = endpoint.programs[pass].map { Verdict.goto(entries[$0]!) } ?? .return
            switch endpoint.place {
            case .interfaces: continue
            case .addresses(let addresses):
                // What is forwarded bears none of the node's addresses, unless it is translated.
                if [.hostForward, .hostUntrackedForward].contains(pass.stage) { continue }
                rules += addresses.map { address in
                    let block = CIDR(address, prefixLength: address.family == .ipv4 ? 32 : 128)
                    return Rule(Expression.isInBlock(own, block) + [.verdict(verdict)])
                }
            case .everyInterface:
                if !everywhere.isEmpty { continue }
                let workloads =
                    pass.direction == .ingress
                    ? fromWorkloads(.return) : Self.workloadRules(.destination, .return)
                everywhere = workloads + [Rule([.verdict(verdict)])]
            }
        }
        rules += everywhere
        if pass.stage.asksOriginalDestination { rules = rules.map(\.askingOriginalDestination) }
        return HostDispatch(pass, rules, interfaces)
    }

    private func interfaces(_ pass: HostPass) -> NamedSet {
        var entries: [String: SetEntry] = [:]
        for endpoint in program.endpoints {
            guard case .interfaces(let names) = endpoint.place else { continue }
            let verdict =
                endpoint.programs[pass].map { Verdict.goto(self.entries[$0]!) } ?? .return
            for name in names where entries[name] == nil {
                entries[name] = SetEntry(
                    key: InterfaceName(name).bytes, verdict: verdict,
                    comment: Comment.fitting(endpoint.id.description))
            }
        }
        var hash = StableHash()
        for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
            hash.combine("\(name) \(entry.verdict!) \(entry.comment ?? "")\n")
        }
        return NamedSet(
            name: "\(FixedName.interfaces(pass))-\(hash.digits)", key: [.interfaceName],
            isVerdictMap: true, elements: .entries([])
        ).holding(Array(entries.values))
    }
}
