// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What leads from one table to another: objects that come and go, and elements of sets that stay.
/// Rules of chains that stay never change.
public struct TableChange: Hashable, Sendable {
    /// Chains that are new, with their rules.
    public var newChains: [Chain] = []
    /// Sets that are new, with their elements.
    public var newSets: [NamedSet] = []
    /// Chains that are no longer needed, with their rules.
    public var goneChains: [Chain] = []
    /// Sets that are no longer needed, with the elements they had.
    public var goneSets: [NamedSet] = []
    /// Elements that change in sets that stay.
    public var elements: [ElementChange] = []
    /// Sets that stay and need more room than they have, under the capacity they get.
    public var outgrown: [NamedSet] = []

    /// The elements that one set loses and gains, in this order (S69).
    public struct ElementChange: Hashable, Sendable {
        /// The set; its own elements are not looked at.
        public var set: NamedSet
        /// Elements that it has.
        public var deleted: SetElements
        /// Elements that it then has not.
        public var added: SetElements

        /// A change of a set's elements.
        public init(set: NamedSet, deleted: SetElements, added: SetElements) {
            self.set = set
            self.deleted = deleted
            self.added = added
        }
    }

    /// No change.
    public init() {}

    /// The elements that change, where nothing else does; otherwise nil.
    public var onlyElements: [ElementChange]? {
        newChains.isEmpty && newSets.isEmpty && goneChains.isEmpty && goneSets.isEmpty
            && outgrown.isEmpty ? elements : nil
    }

    /// Nothing changes.
    public var isEmpty: Bool { self == TableChange() }
}
