// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What a source of cluster objects has to say after something has changed.
public struct SourceUpdate: Hashable, Sendable {
    /// What leads from the state after the update before to that after this one. The first update
    /// leads there from nothing.
    public var changes: [ClusterChange]
    /// Everything that is wrong now, in order of path; not only what is new.
    public var problems: [SourceProblem]
    /// Warnings of the files that were read for this update, without those they gave before. They
    /// keep nothing out of force.
    public var warnings: [SourceProblem]
    /// Whether everything has been read once, and without error. Until then the state has gaps,
    /// and nothing may be enforced; from then on this stays true, as what cannot be read any
    /// longer stays as it last was.
    public var isComplete: Bool
    /// How many objects there are now, by kind.
    public var objectCount: [String: Int]

    /// A value of these parts.
    public init(
        changes: [ClusterChange], problems: [SourceProblem] = [], warnings: [SourceProblem] = [],
        isComplete: Bool, objectCount: [String: Int] = [:]
    ) {
        self.changes = changes
        self.problems = problems
        self.warnings = warnings
        self.isComplete = isComplete
        self.objectCount = objectCount
    }
}

/// One thing that is wrong with a source.
public struct SourceProblem: Hashable, Sendable, CustomStringConvertible {
    /// The file or directory.
    public var path: String
    /// A whole line that begins with the place and says what to do about it.
    public var text: String

    /// A problem at a place.
    public init(path: String, text: String) {
        self.path = path
        self.text = text
    }

    /// ``text``.
    public var description: String { text }
}
