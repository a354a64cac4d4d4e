// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NftablesModel
import PolicyModel

/// The objects that one class of endpoints needs, as if it were alone.
///
/// Names are made from what objects are, so that these are the objects of the whole table; but for
/// hashes that collide, which shows in two objects that differ and have one name.
struct ClassRuleset {
    /// The name of the class's chain.
    let entry: String
    /// The class's chain and the cells.
    let chains: [Chain]
    /// The maps from ports to cells, and the sets of ports, which never change.
    let portMaps: [NamedSet]
    /// The sets that the cells look into. Those whose elements come and go have none yet.
    let peerSets: [PeerSets.Needed]

    init(_ program: DecisionProgram, denyAction: EnforcementSettings.DenyAction) {
        let alone = NodeProgram(programs: [program], denyAction: denyAction)
        var names = Names()
        var sets = PeerSets(alone, names: &names)
        var cells = CellChains(alone, sets: sets, names: &names)
        let classes = ClassChains(alone, names: &names, cells: &cells, sets: &sets)
        entry = classes.names[0]
        chains = classes.chains + cells.needed.values
        portMaps = classes.portMaps + cells.ports.sets.values
        peerSets = Array(sets.needed.values)
    }
}

/// Two different objects have got the same name.
public struct NameCollision: Error {
    /// The name.
    public let name: String
}
