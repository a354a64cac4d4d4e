// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// The transports that policies judge, protocol by protocol.
package struct JudgedTransports: Sendable {
    private let atoms: TransportAtoms
    /// Whether policies ask for nothing but protocols and destination ports: for no source port and
    /// no type of ICMP. Otherwise packets of one port may be judged differently.
    package let arePortsAlone: Bool
    private let groups: [(protocols: IntervalSet<UInt8>, atoms: [Int])]

    /// - Parameters:
    ///   - judged: The atoms whose packets policies judge.
    ///   - policies: All policies.
    init(_ atoms: TransportAtoms, judged: BitSet, by policies: [Policy]) {
        arePortsAlone = policies.lazy.flatMap(\.allRules).allSatisfy(\.asksPortsAlone)
        self.atoms = atoms
        groups = atoms.protocols.map { group in
            (
                IntervalSet(group.numbers.map { $0...$0 }),
                group.atoms.filter { judged.contains($0) }
            )
        }
    }

    /// The protocols of which all packets are in a set of atoms.
    package func protocols(in set: BitSet) -> IntervalSet<UInt8> {
        groups.filter { $0.atoms.allSatisfy(set.contains) }
            .reduce(.empty) { $0.union($1.protocols) }
    }

    /// The destination ports of a protocol to which all packets are in a set of atoms.
    package func ports(of transport: IPProtocol, in set: BitSet) -> IntervalSet<UInt16> {
        let group = groups.first { $0.protocols.contains(transport.rawValue) }
        let missing = (group?.atoms ?? []).filter { !set.contains($0) }
        return IntervalSet(missing.map { atoms.condition(of: $0).second }).complement
    }
}

extension Rule {
    /// Whether the rule asks neither for a source port nor for a type of ICMP.
    fileprivate var asksPortsAlone: Bool {
        everyPort(at: .source).isEmpty
            && everyPort(at: .destination).allSatisfy {
                if case .icmp = $0 { false } else { true }
            }
    }
}
