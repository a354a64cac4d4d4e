// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Some keys of a ``LabelVocabulary``, roughly: sets that do not meet have no key in common, while such
/// that meet may have none either.
///
/// Of most selectors under a thing's features it says at the cost of one instruction that a change
/// of other labels cannot turn them.
struct SpokenKeys {
    /// A bit for the keys whose numbers leave the same remainder; the last one is for virtual labels.
    private var bits: UInt64 = 0

    private static let virtualBit = UInt64(1) << 63

    /// No keys.
    init() {}

    /// The keys of labels that change, whichever they are: a virtual label is none of a vocabulary's
    /// and may be among them.
    init(ofChange keys: some Sequence<Int32>) {
        bits = Self.virtualBit
        for key in keys { insert(key) }
    }

    func meets(_ other: Self) -> Bool { bits & other.bits != 0 }

    mutating func insert(_ key: Int32) { bits |= 1 << UInt64(key % 63) }

    /// Adds the labels that a thing may show without having them itself.
    mutating func insertVirtual() { bits |= Self.virtualBit }
}
