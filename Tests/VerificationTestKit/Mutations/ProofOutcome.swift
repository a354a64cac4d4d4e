// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NftablesModel
import PolicyModel

/// What a verification says of a kernel's table.
public enum ProofOutcome: Sendable {
    /// It decides as the policies do, for every packet.
    case proved
    /// It does not, for these packets at least.
    case different([SampledPacket])
    /// It is not known whether it does, because of this.
    case notProved([String])
}

/// Compares what a kernel's table does with what policies say on the node of this name.
public typealias Prover = (
    _ state: ClusterState, _ node: String, _ observed: ObservedTable
) throws -> ProofOutcome
