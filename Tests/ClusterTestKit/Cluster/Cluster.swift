// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// All objects of the server, and the one counter of their revisions.
struct Cluster {
    private(set) var revision: UInt64
    private(set) var collections: [String: ObjectCollection] = [:]
    private var nextIdentity: UInt64 = 0
    /// How many changes of each resource are remembered.
    var historyLength = 1_000
    /// Whether watches are told everything twice.
    var repeatsEvents = false

    init(revision: UInt64) { self.revision = revision }

    // MARK: Resources

    var resources: [APIResource] {
        collections.values.map(\.resource).sorted { $0.name < $1.name }
    }

    /// Nil for a path that the server does not know.
    func resource(group: String, version: String, plural: String) -> APIResource? {
        let name = group.isEmpty ? plural : "\(plural).\(group)"
        return collections[name].map(\.resource).flatMap { $0.version == version ? $0 : nil }
    }

    /// The resource whose objects say of themselves that they are of this type.
    func resource(of tree: JSONTree) -> APIResource? {
        let (apiVersion, kind) = (tree["apiVersion"]?.string, tree["kind"]?.string)
        return collections.values.lazy.map(\.resource).first {
            $0.apiVersion == apiVersion && $0.kind == kind
        }
    }

    mutating func add(_ resource: APIResource) {
        if collections[resource.name] != nil { return }
        collections[resource.name] = ObjectCollection(resource, since: revision)
    }

    /// Takes a resource away with its objects; their watches are told, and end.
    mutating func remove(_ resource: APIResource) {
        guard let collection = collections[resource.name] else { return }
        for key in collection.objects.keys.sorted() { delete(key, of: resource) }
        for watch in watches(ofNamed: resource.name) { watch.end() }
        collections[resource.name] = nil
    }

    // MARK: Objects

    func object(_ key: StoredObject.Key, of resource: APIResource) -> StoredObject? {
        collections[resource.name]?.objects[key]
    }

    /// Creates an object or replaces its content.
    ///
    /// - Returns: what it is now; it is what it was where nothing in it differs.
    @discardableResult
    mutating func put(
        _ tree: JSONTree, at key: StoredObject.Key, of resource: APIResource
    ) -> StoredObject {
        let old = collections[resource.name]?.objects[key]
        let identity: StoredObject.Identity
        if let old, let known = StoredObject.Identity(old.tree(of: resource)) {
            identity = known
            let same = StoredObject(
                tree, key: key, identity: identity, revision: old.revision, of: resource)
            if same.rest == old.rest { return old }
        } else {
            nextIdentity += 1
            let digits = String(nextIdentity, radix: 16)
            let end = String(repeating: "0", count: 12 - digits.count) + digits
            identity = StoredObject.Identity(
                uid: "6f1d2c3b-0a4e-4d5f-8b6a-\(end)",
                created: tree["metadata"]?["creationTimestamp"]?.string ?? Self.now())
        }
        revision += 1
        let new = StoredObject(
            tree, key: key, identity: identity, revision: revision, of: resource)
        tell(ObjectEvent(old: old, new: new, isDeletion: false), of: resource)
        if resource == .definitions, let custom = APIResource(definition: tree) { add(custom) }
        return new
    }

    /// - Returns: what it last was, if there was such an object.
    @discardableResult
    mutating func delete(_ key: StoredObject.Key, of resource: APIResource) -> StoredObject? {
        guard let old = collections[resource.name]?.objects[key] else { return nil }
        let tree = old.tree(of: resource)
        if resource.name == "namespaces" {
            // The real server empties it first and calls it Terminating meanwhile.
            for inside in collections.values where inside.resource.isNamespaced {
                for key in inside.objects.keys.sorted() where key.namespace == old.key.name {
                    delete(key, of: inside.resource)
                }
            }
        } else if resource == .definitions, let custom = APIResource(definition: tree) {
            remove(custom)
        }
        revision += 1
        let identity = StoredObject.Identity(
            uid: old.uid, created: tree["metadata"]?["creationTimestamp"]?.string ?? "")
        let last = StoredObject(
            tree, key: key, identity: identity, revision: revision, of: resource)
        tell(ObjectEvent(old: old, new: last, isDeletion: true), of: resource)
        return last
    }

    private mutating func tell(_ event: ObjectEvent, of resource: APIResource) {
        collections[resource.name]?.record(event, keeping: historyLength)
        for watch in watches(ofNamed: resource.name) {
            watch.tell(event)
            if repeatsEvents { watch.tell(event) }
        }
    }

    /// All objects of a resource in order.
    mutating func all(of resource: APIResource) -> [StoredObject] {
        collections[resource.name]?.all() ?? []
    }

    // MARK: Watches

    /// Has a watch told of what comes.
    mutating func add(_ watch: WatchStream) {
        collections[watch.resource.name]?.watches[ObjectIdentifier(watch)] = watch
    }

    mutating func remove(_ watch: WatchStream) {
        collections[watch.resource.name]?.watches[ObjectIdentifier(watch)] = nil
    }

    /// The open watches of a resource, or of all.
    func watches(of name: String?) -> [WatchStream] {
        collections.values.filter { name == nil || $0.resource.name == name }
            .flatMap(\.watches.values)
    }

    private func watches(ofNamed name: String) -> [WatchStream] {
        collections[name].map { Array($0.watches.values) } ?? []
    }

    /// Forgets all history.
    mutating func compact() {
        for name in collections.keys { collections[name]?.compact(at: revision) }
    }

    /// A part of a list; what is remembered suffices for it.
    mutating func page(
        of resource: APIResource, _ selection: ObjectSelection, behind key: StoredObject.Key?,
        limit: Int, at revision: UInt64
    ) -> ObjectCollection.Page {
        collections[resource.name]?.page(selection, behind: key, limit: limit, at: revision)
            ?? ObjectCollection.Page()
    }

    private static func now() -> String {
        Date().formatted(.iso8601)
    }
}
