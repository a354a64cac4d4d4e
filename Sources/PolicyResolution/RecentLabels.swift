// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Numbers of labels that were asked for a short while ago.
///
/// Most objects carry labels that others carry too. To compare two short texts with the label that
/// is most likely meant takes a fraction of the time that hashing them for a dictionary takes.
struct RecentLabels {
    private struct Label {
        var key = ""
        var value = ""
        var number: Int32 = -1
    }

    private static let count = 512
    private var labels = [Label](repeating: Label(), count: Self.count)

    /// Where a label is kept, until another one of the same place takes it.
    static func place(of key: String, _ value: String) -> Int {
        var place = key.utf8.count &* 31 &+ value.utf8.count
        place = place &* 31 &+ Int(key.utf8.first ?? 0)
        for byte in value.utf8.suffix(3) { place = place &* 31 &+ Int(byte) }
        return place & (count - 1)
    }

    /// The number of a label; nil if it is not kept.
    func number(at place: Int, _ key: String, _ value: String) -> Int32? {
        guard labels[place].number >= 0, labels[place].key == key, labels[place].value == value
        else { return nil }
        return labels[place].number
    }

    mutating func put(_ number: Int32, at place: Int, _ key: String, _ value: String) {
        labels[place] = Label(key: key, value: value, number: number)
    }
}
