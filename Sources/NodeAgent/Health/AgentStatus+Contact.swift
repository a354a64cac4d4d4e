// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterServers
import Foundation

extension AgentStatus {
    /// What the source's server has last said of one kind of objects.
    public struct Contact: Hashable, Sendable, Codable {
        /// As messages call the kind: `pods`, `tiers.crd.projectcalico.org`.
        public var kind: String
        /// When the server last said anything about it, by this machine's clock; nil if it never did.
        public var lastContact: Date?
        /// How long ago that was, in whole seconds, by a clock that nobody sets; nil if it never did.
        public var age: Int?
        /// Whether all there is of the kind has been read once.
        public var isSynced: Bool
        /// Whether the server has the kind at all.
        public var isServed: Bool
        /// Whether the kind may have changed without our hearing of it (S98).
        public var isStale: Bool
        /// How many of its objects there are, good or not.
        public var objects: Int
        /// Why it cannot be followed; nil where it is.
        public var problem: String?

        /// A contact of these parts.
        public init(
            kind: String, lastContact: Date? = nil, age: Int? = nil, isSynced: Bool = true,
            isServed: Bool = true, isStale: Bool = false, objects: Int = 0, problem: String? = nil
        ) {
            self.kind = kind
            self.lastContact = lastContact
            self.age = age
            self.isSynced = isSynced
            self.isServed = isServed
            self.isStale = isStale
            self.objects = objects
            self.problem = problem
        }

        /// A contact as a source tells it.
        public init(_ contact: KindContact, now: Date) {
            let age = contact.age.map { max(0, $0.inSeconds) }
            self.init(
                kind: contact.resource, lastContact: age.map { now - $0 },
                age: age.map { Int($0) }, isSynced: contact.isListed,
                isServed: !contact.isMissing, isStale: contact.isStale,
                objects: contact.objectCount, problem: contact.problem)
        }
    }
}
