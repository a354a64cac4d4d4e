// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What some changes of the cluster mean for one node.
public struct ResolutionChange: Sendable {
    /// The addresses that peers gain and lose, by the number under which each is followed; without
    /// those that do not change.
    public internal(set) var members: [Int: AddressChange] = [:]
    /// The followed peers whose network sets have other blocks now.
    public internal(set) var blocks: Set<Int> = []
    /// The followed questions about ports whose answers are others now.
    public internal(set) var questions: Set<Int> = []
    /// The local endpoints whose addresses, named ports or policies have changed; nil where there
    /// is none any more.
    public internal(set) var locals: [EndpointID: LiveEndpoint?] = [:]

    /// Nothing changes for the node.
    public var isEmpty: Bool {
        members.isEmpty && blocks.isEmpty && questions.isEmpty && locals.isEmpty
    }
}

/// A local endpoint with numbers that tell its stacks from others without comparing policies.
public struct LiveEndpoint: Sendable {
    /// The endpoint with its addresses and policies.
    public var local: LocalEndpoint
    /// Equal for equal stacks of policies for packets to an endpoint.
    public var ingressRevisions: [UInt64]
    /// Equal for equal stacks of policies for packets from an endpoint.
    public var egressRevisions: [UInt64]
}
