// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// What some changes of the cluster mean for a node's decision programs and their sets.
///
/// Classes of endpoints and match sets have numbers, which are never used twice.
public struct ProgramChange: Sendable {
    /// Programs of classes that are new or decide otherwise than before; nil for classes without
    /// endpoints.
    public internal(set) var programs: [Int: DecisionProgram?] = [:]
    /// Sets that are new.
    public internal(set) var newSets: [Int: MatchSet] = [:]
    /// Sets that no program looks into any more, with the members they had before these changes.
    public internal(set) var goneSets: [Int: EndpointAddresses] = [:]
    /// The members that sets gain and lose which were there before and still are.
    public internal(set) var members: [Int: AddressChange] = [:]
    /// The blocks before and after of sets which were there before and still are.
    public internal(set) var blocks: [Int: BlockChange] = [:]
    /// The blocks that sets had which no program looks into any more, where network sets could be
    /// among them.
    public internal(set) var goneBlocks: [Int: AddressSet] = [:]
    /// Local endpoints that policies govern in another way than before; nil where none does.
    public internal(set) var subjects: [EndpointID: Subject?] = [:]
    /// Something else is decided about the node's own packets than before.
    public internal(set) var areHostsChanged = false

    /// A governed endpoint of this node.
    public struct Subject: Hashable, Sendable {
        /// The addresses that it owns.
        public var addresses: EndpointAddresses
        /// The number of its class for packets to it; nil where no policy governs them.
        public var ingress: Int?
        /// The same for packets that it sends.
        public var egress: Int?
    }

    /// What blocks a set had and has.
    public struct BlockChange: Hashable, Sendable {
        /// All of its blocks before the change.
        public var former: AddressSet
        /// All of its blocks now.
        public var present: AddressSet
    }

    /// Nothing changes.
    public var isEmpty: Bool {
        programs.isEmpty && newSets.isEmpty && goneSets.isEmpty && members.isEmpty && blocks.isEmpty
            && subjects.isEmpty && !areHostsChanged
    }
}
