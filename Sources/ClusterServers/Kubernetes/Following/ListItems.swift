// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources

/// The objects of one list, as its text comes: cut out, trimmed to what is wanted, and named.
package struct ListItems: Sendable {
    /// What cannot be a list of objects.
    enum Malformation: Error {
        /// An object is larger than is kept.
        case endless
        /// An object does not say what it is called.
        case nameless
    }

    private let shape: ObjectShape
    private var splitter = JSONListSplitter()

    init(of resource: KubernetesResource) { shape = resource.shape }

    /// Takes the next piece of the text.
    ///
    /// - Returns: The objects that end in it.
    mutating func take(_ piece: [UInt8]) throws(Malformation) -> [ListedObject] {
        guard let items = splitter.take(piece) else { throw .endless }
        var objects: [ListedObject] = []
        objects.reserveCapacity(items.count)
        for item in items {
            guard let object = ObjectTrimmer.trim(item, to: shape) else { throw .nameless }
            objects.append(object)
        }
        return objects
    }

    /// Whether the list has ended.
    var isEnded: Bool { splitter.isEnded }

    /// The text of the list without its items.
    var rest: [UInt8] { splitter.rest }

    /// Takes a whole list of pods, which comes in these pieces, into a store: what the source does with
    /// an answer, without the answer.
    ///
    /// - Returns: How many pods there were; nil if the text is no list.
    package static func takePods(_ pieces: [[UInt8]], into store: inout ObjectStore) -> Int? {
        let resource = KubernetesResource.pods
        let type = resource.type(in: resource.versions[0])
        var items = ListItems(of: resource)
        store.beginList(of: resource.place)
        for piece in pieces {
            guard let objects = try? items.take(piece) else { return nil }
            for object in objects {
                store.put(object.json, as: type, at: object.place(in: resource.place))
            }
        }
        guard items.isEnded else { return nil }
        store.endList(of: resource.place)
        return store.count(of: resource.place)
    }
}
