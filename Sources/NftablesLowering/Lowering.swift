// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NftablesModel

extension Table {
    /// The name of the one table that Sluice owns.
    public static let sluiceName = "sluice"

    /// The ruleset that decides what the program decides. Equal programs make equal tables, to the
    /// byte.
    public init(_ program: NodeProgram) {
        var names = Names()
        var sets = PeerSets(program, names: &names)
        var cells = CellChains(program, sets: sets, names: &names)
        let classes = ClassChains(program, names: &names, cells: &cells, sets: &sets)
        let endpoints = EndpointMaps(program, classes: classes)
        let hosts = program.hosts.map { hosts in
            HostChains(
                hosts, entry: { classes.names[$0] },
                egress: { id in
                    program.endpoints.first { $0.id == id }?.egress.map { classes.names[$0] }
                })
        }
        let table = Table(
            name: Self.sluiceName, comment: Skeleton.comment,
            chains: Skeleton.chains(hosts, program.denyAction) + classes.chains
                + cells.needed.values,
            sets: [Skeleton.neighbourDiscovery] + endpoints.sets + (hosts?.sets ?? [])
                + classes.portMaps + cells.ports.sets.values + sets.needed.values.map(\.set))
        self = table.sorted
    }
}

/// In this module a rule is the kernel's, not a policy's.
typealias Rule = NftablesModel.Rule
