// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A change of a thing's labels, in the numbers of a ``LabelVocabulary``.
struct LabelTurn {
    /// All that the labels show before or after, each once.
    private(set) var features: [NumberedFeature] = []
    /// The keys of the labels that come, go or get another value.
    let keys: SpokenKeys

    init(from old: LabelWords, to new: LabelWords) {
        features.reserveCapacity(3 * max(old.labels.count, new.labels.count))
        var keys: [Int32] = []
        for (position, label) in old.labels.enumerated() {
            label.addFeatures(to: &features)
            if let other = new.labels.firstIndex(where: { $0.key == label.key }) {
                let present = new.labels[other]
                if present.value != label.value {
                    present.addPair(to: &features)
                } else if label.value != LabelVocabulary.unspoken
                    || new.texts[other] == old.texts[position]
                {
                    continue
                }
            }
            keys.append(label.key)
        }
        for label in new.labels where !old.labels.contains(where: { $0.key == label.key }) {
            label.addFeatures(to: &features)
            keys.append(label.key)
        }
        self.keys = SpokenKeys(ofChange: keys)
    }
}
