// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyModel

/// Proves that a node's ruleset does what the policies say, or finds a packet for which it does
/// not.
///
/// The ruleset is read as a function of packets, without knowledge of how it was made; the policies
/// as another, without knowledge of rulesets. Both are compared on all packets: every source,
/// destination, protocol and port, every connection state, both families, forwarded, sent and
/// received.
public struct Verification: Sendable {
    private let state: ClusterState
    private let localNode: String
    /// Differences that are worked out in full.
    private let limit: Int

    /// - Parameters:
    ///   - state: the whole cluster.
    ///   - localNode: the node whose ruleset is meant.
    ///   - limit: how many differences are told at most.
    public init(_ state: ClusterState, localNode: String, limit: Int = 20) {
        self.state = state
        self.localNode = localNode
        self.limit = limit
    }

    /// Compares a table as it was read from the kernel.
    ///
    /// - Parameter observed: nil where there is no table: then every packet passes.
    public func verify(_ observed: ObservedTable?) -> VerificationReport {
        prove(observed).report
    }

    /// Compares a table.
    public func verify(_ table: Table) -> VerificationReport { prove(table, rules: [:]).report }

    /// What was compared, for single changes afterwards; it counts only if the report says that
    /// it is proved.
    typealias Proof = (ipv4: FamilyProof<UInt32>, ipv6: FamilyProof<UInt128>)

    func prove(_ observed: ObservedTable?) -> (report: VerificationReport, proof: Proof) {
        prove(observed?.table ?? Table(name: "sluice"), rules: observed?.rules ?? [:])
    }

    private func prove(_ table: Table, rules: [String: [ObservedRule]])
        -> (report: VerificationReport, proof: Proof)
    {
        var report = VerificationReport()
        report.scope.rules = table.chains.reduce(0) { $0 + $1.rules.count }
        report.scope.elements = table.sets.reduce(0) { $0 + $1.elements.count }
        let judge = Judge(
            reference: ReferenceEvaluator(state, localNode: localNode), table: table, rules: rules)
        let ipv4 = FamilyVerification<UInt32>(state, localNode: localNode, table)
        let ipv6 = FamilyVerification<UInt128>(state, localNode: localNode, table)
        report.doubts = Set(ipv4.doubts + ipv6.doubts).sorted().map { .init(reason: $0) }
        compare(ipv4, judge, &report)
        compare(ipv6, judge, &report)
        if table.foreignFlags & ~LiftedTable<UInt32>.dormantFlag != 0 {
            report.doubts.append(.init(reason: "table flags \(table.foreignFlags)"))
        }
        return (report, (ipv4.proof, ipv6.proof))
    }

    private func compare<Bits: AddressBits>(
        _ family: FamilyVerification<Bits>, _ judge: Judge, _ report: inout VerificationReport
    ) {
        var family = family
        let findings = family.findings()
        report.scope.endpoints = max(report.scope.endpoints, family.subjects)
        report.scope.addressClasses += family.space.addresses.count
        report.scope.transportAtoms += family.space.transports.count
        let found: [(probe: ProbePacket, place: RulePlace?)] =
            findings.dropped.map { (family.example(of: $0.packets, $0.journey), $0.place) }
            + findings.passed.map { (family.example(of: $0.packets, $0.journey), nil) }
        for (probe, place) in found {
            if report.differences.count >= limit {
                report.furtherDifferences += 1
                continue
            }
            let probe = judge.named(probe)
            if let difference = judge.difference(probe, droppedAt: place) {
                report.differences.append(difference)
            } else if family.doubts.isEmpty {
                report.doubts.append(
                    .init(
                        place: place,
                        reason: "the proof finds a difference that the packet does not show",
                        probe: probe))
            }
        }
        for finding in findings.doubtful {
            report.doubts.append(
                .init(
                    place: finding.place, handle: judge.handle(finding.place),
                    reason: finding.doubt,
                    probe: judge.named(family.example(of: finding.packets, finding.journey))))
        }
    }
}
