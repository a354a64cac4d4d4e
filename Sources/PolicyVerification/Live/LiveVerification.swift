// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import NftablesModel
import PolicyModel

/// A verification that is kept up to date change by change.
///
/// A pod of another node that comes, goes or gets other labels is, as a rule, like some pod that
/// was there when everything was compared: then what was proved holds on, at the cost of a few
/// lookups. Whatever else changes makes it necessary to compare everything again.
public final class LiveVerification {
    private let localNode: String
    private var cluster = ClusterTable()
    private var proof: (ipv4: FamilyProof<UInt32>, ipv6: FamilyProof<UInt128>)?

    /// Nothing is known, and nothing is proved.
    public init(localNode: String) { self.localNode = localNode }

    /// Takes changes of the cluster, and what they have changed in the ruleset.
    ///
    /// - Parameter elements: all that has changed in the ruleset, where it is elements only; nil
    ///   where it is more, or not known.
    /// - Returns: whether it is proved, without a new comparison, that the ruleset does what the
    ///   policies say. If not, nothing is proved until ``verify(_:)``.
    public func apply(
        _ changes: [ClusterChange], _ elements: [TableChange.ElementChange]?
    ) -> Bool {
        var endpoints: [EndpointID: EndpointChange] = [:]
        var isSimple = true
        for change in changes {
            let former = cluster.apply(change)
            switch change {
            case .endpoint(let id, let endpoint):
                endpoints[id, default: EndpointChange(old: former)].new = endpoint
            case .stagedPolicy: break
            default: isSimple = false
            }
        }
        guard isSimple, let elements, proof != nil else {
            proof = nil
            return false
        }
        let moved = Array(endpoints.values)
        let holds =
            proof!.ipv4.holds(after: moved, elements) && proof!.ipv6.holds(after: moved, elements)
        if !holds { proof = nil }
        return holds
    }

    /// Compares everything.
    ///
    /// - Parameter observed: the table, as it is after all changes that were taken; nil where there
    ///   is none.
    public func verify(_ observed: ObservedTable?) -> VerificationReport {
        let verification = Verification(cluster.state, localNode: localNode)
        let (report, proof) = verification.prove(observed)
        self.proof = report.outcome == .proved ? proof : nil
        return report
    }
}

/// An endpoint as it was and as it is.
struct EndpointChange {
    var old: Endpoint?
    var new: Endpoint?
}
