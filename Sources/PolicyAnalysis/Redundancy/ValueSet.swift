// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// A set of values that a label may have, absence among them: finitely many, or all but finitely
/// many.
struct ValueSet: Hashable {
    /// Nil stands for a label that is absent.
    private var listed: Set<String?>
    /// The members are those that are not listed.
    private var isComplement: Bool

    private init(_ listed: Set<String?>, isComplement: Bool) {
        self.listed = listed
        self.isComplement = isComplement
    }

    /// These values.
    static func only(_ values: [String]) -> ValueSet {
        ValueSet(Set(values.map(Optional.some)), isComplement: false)
    }

    /// Every value, but not absence.
    static let present = ValueSet([nil], isComplement: true)

    /// No value, nor absence.
    var isEmpty: Bool { !isComplement && listed.isEmpty }

    /// What is no member.
    var complement: ValueSet { ValueSet(listed, isComplement: !isComplement) }

    /// What is a member of both.
    func intersection(_ other: ValueSet) -> ValueSet {
        switch (isComplement, other.isComplement) {
        case (false, false): ValueSet(listed.intersection(other.listed), isComplement: false)
        case (false, true): ValueSet(listed.subtracting(other.listed), isComplement: false)
        case (true, false): ValueSet(other.listed.subtracting(listed), isComplement: false)
        case (true, true): ValueSet(listed.union(other.listed), isComplement: true)
        }
    }
}
