// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Packets on their way through a ruleset.
struct Pending: Hashable {
    var packets: PacketCube
    /// What nobody knows, where it is not certain that the packets are here.
    var doubt: String?

    /// Those that fulfil a condition; nil if none does.
    func within(_ condition: PartialCube) -> Pending? {
        condition.intersection(packets).map { Pending(packets: $0, doubt: doubt) }
    }

    /// Those that are in none of the cubes.
    func without(_ cubes: [PacketCube]) -> [Pending] {
        [packets].subtracting(cubes).map { Pending(packets: $0, doubt: doubt) }
    }
}

extension [Pending] {
    /// What stays when some packets leave: where it is in doubt whether they do, it is in doubt
    /// whether they stay.
    func without(_ leaving: [Pending]) -> [Pending] {
        if leaving.isEmpty { return self }
        let certain = leaving.filter { $0.doubt == nil }.map(\.packets).merged
        var staying = flatMap { $0.without(certain) }
        for doubtful in leaving where doubtful.doubt != nil {
            staying = staying.flatMap { pending -> [Pending] in
                guard let both = pending.packets.intersection(doubtful.packets) else {
                    return [pending]
                }
                return pending.without([both])
                    + [Pending(packets: both, doubt: pending.doubt ?? doubtful.doubt)]
            }
        }
        return staying
    }
}
