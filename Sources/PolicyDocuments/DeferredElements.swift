// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The items of a long JSON list, each of which is read when it is wanted.
struct DeferredElements: Hashable {
    /// How deep in its document an element stands.
    static let depth = 3

    private let reader: JSONReader
    private let places: [JSONReader.Place]

    init(reader: JSONReader, places: [JSONReader.Place]) {
        self.reader = reader
        self.places = places
    }

    var indices: Range<Int> { places.indices }

    subscript(index: Int) -> DocumentNode { reader.element(at: places[index]) }
}
