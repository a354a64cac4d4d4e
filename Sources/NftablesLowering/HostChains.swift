// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// The chains and maps of a node's host endpoints, but for those of their classes.
struct HostChains: Equatable {
    let program: HostProgram
    /// The name of each class's chain, by its number.
    let entries: [Int: String]
    /// The chain of each guarded workload's egress class, by its interface.
    let egress: [String: String]
    /// What may be sent from each guarded interface.
    let guardSources: [String: [CIDR]]
    /// The name of each guard's chain, by its interface. It tells the chain's content: another one is
    /// made beside it, so that elements alone change what a packet meets.
    let guardNames: [String: String]
    /// The chains that lead from interfaces to host endpoints' policies, with the maps that they look
    /// into. Their names tell their content: another one is made beside it, so that packets under way
    /// in one never meet the other's elements (S13).
    private(set) var dispatches: [HostPass: HostDispatch] = [:]

    /// - Parameters:
    ///   - entry: the chain of the class with this number.
    ///   - egress: the chain of a workload's egress class; nil where it has none.
    init(
        _ program: HostProgram, entry: (Int) -> String, egress: (EndpointID) -> String?
    ) {
        self.program = program
        var chains: [String: String] = [:]
        for known in program.guards where chains[known.interface] == nil {
            chains[known.interface] = egress(known.id)
        }
        self.egress = chains
        guardSources = program.guards.reduce(into: [:]) { sources, known in
            sources[known.interface, default: []] += known.sources
        }
        guardNames = Self.guardNames(guardSources)
        let numbers = Set(program.endpoints.flatMap(\.programs.values))
        entries = Dictionary(uniqueKeysWithValues: numbers.map { ($0, entry($0)) })
        // Those that others lead to come first.
        for pass in HostPass.all.reversed() where has(pass) { dispatches[pass] = dispatch(pass) }
    }

    /// Whether some host endpoint has something to say there.
    func has(_ pass: HostPass) -> Bool {
        program.endpoints.contains { $0.programs[pass] != nil }
    }

    /// All chains that packets of the node meet besides those of every ruleset.
    var chains: [Chain] {
        var chains = [input]
        if program.settings.endpointToHost != nil { chains.append(workloadToHost) }
        if has(.init(.hostBeforeTranslation, .ingress)) { chains.append(beforeTranslation) }
        if has(.init(.hostUntracked, .ingress)) { chains.append(arrival) }
        if has(.init(.hostUntracked, .egress)) { chains.append(departure) }
        if HostPass.all.contains(where: { $0.stage == .hostUntracked && has($0) }) {
            chains.append(Self.leaveUntracked)
        }
        if Self.admissions.contains(where: has) { chains.append(admitted) }
        return chains + HostPass.all.compactMap { dispatches[$0]?.chain } + guards
    }

    /// The passes that let packets in which the policies about what is forwarded need not judge again.
    private static let admissions = [
        HostPass(.hostTranslatedForward, .ingress), HostPass(.hostUntrackedForward, .ingress),
    ]
}
