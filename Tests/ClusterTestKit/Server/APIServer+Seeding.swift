// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The objects as tests see and change them, without the way through HTTP.
extension APIServer {
    /// Why a test cannot put an object.
    public struct SeedError: Error, CustomStringConvertible {
        /// What is wrong.
        public let description: String
    }

    /// Brings a custom resource, by its CustomResourceDefinition.
    public func install(_ resource: APIResource) {
        cluster.withLock { cluster in
            _ = cluster.put(
                resource.definition, at: StoredObject.Key(name: resource.name), of: .definitions)
        }
    }

    /// Takes a custom resource away with all its objects.
    public func remove(_ resource: APIResource) {
        cluster.withLock { cluster in
            _ = cluster.delete(StoredObject.Key(name: resource.name), of: .definitions)
        }
    }

    /// Creates an object or replaces its content.
    ///
    /// - Returns: the revision that it has now.
    @discardableResult
    public func put(_ json: String) throws -> UInt64 {
        try put(JSONTree(parsing: json))
    }

    /// Creates an object or replaces its content.
    ///
    /// - Returns: the revision that it has now.
    @discardableResult
    public func put(_ tree: JSONTree) throws -> UInt64 {
        try cluster.withLock { cluster in
            let (key, resource) = try Self.place(of: tree, in: cluster)
            return cluster.put(tree, at: key, of: resource).revision
        }
    }

    /// Deletes an object.
    ///
    /// - Parameter resource: `pods` or `networkpolicies.networking.k8s.io`.
    /// - Returns: false if there is none.
    @discardableResult
    public func delete(_ resource: String, namespace: String = "", name: String) -> Bool {
        cluster.withLock { cluster in
            guard let resource = cluster.collections[resource]?.resource else { return false }
            let key = StoredObject.Key(namespace: namespace, name: name)
            return cluster.delete(key, of: resource) != nil
        }
    }

    /// Makes the objects of a `kind: List` all that there are; those that stay as they are have no
    /// events. CustomResourceDefinitions stay, and items of kinds that the server does not have are
    /// passed over.
    ///
    /// - Parameter kept: a namespace that stays, with all that is in it.
    public func replaceAll(with list: String, keeping kept: String? = nil) throws {
        let items = try JSONTree(parsing: list)["items"]?.elements ?? []
        try cluster.withLock { cluster in
            var wanted: Set<String> = []
            for item in items where cluster.resource(of: item) != nil {
                let (key, resource) = try Self.place(of: item, in: cluster)
                wanted.insert("\(resource.name) \(key)")
                cluster.put(item, at: key, of: resource)
            }
            for resource in cluster.resources where resource != .definitions {
                for object in cluster.all(of: resource)
                where !wanted.contains("\(resource.name) \(object.key)") {
                    let holder =
                        resource.name == "namespaces" ? object.key.name : object.key.namespace
                    if kept != holder { cluster.delete(object.key, of: resource) }
                }
            }
        }
    }

    /// All objects of all resources but definitions, as a `kind: List`.
    public var everything: String {
        cluster.withLock { cluster in
            let texts = cluster.resources.filter { $0 != .definitions }.flatMap { resource in
                cluster.all(of: resource).map { $0.text(of: resource) }
            }
            return #"{"apiVersion":"v1","kind":"List","items":["#
                + texts.joined(separator: ",\n") + "]}\n"
        }
    }

    /// An object with what the server has added; nil if there is none.
    public func object(_ resource: String, namespace: String = "", name: String) -> JSONTree? {
        cluster.withLock { cluster in
            guard let resource = cluster.collections[resource]?.resource else { return nil }
            return cluster.object(StoredObject.Key(namespace: namespace, name: name), of: resource)?
                .tree(of: resource)
        }
    }

    /// The revision of the last change.
    public var revision: UInt64 { cluster.withLock { $0.revision } }

    /// Forgets all history: every watch and every page of before is gone.
    public func compact() { cluster.withLock { $0.compact() } }

    private static func place(
        of tree: JSONTree, in cluster: Cluster
    ) throws(SeedError) -> (StoredObject.Key, APIResource) {
        guard let resource = cluster.resource(of: tree) else {
            let type = "\(tree["apiVersion"]?.string ?? "?") \(tree["kind"]?.string ?? "?")"
            throw SeedError(description: "the server has no resource for \(type)")
        }
        guard let name = tree["metadata"]?["name"]?.string else {
            throw SeedError(description: "a \(resource.kind) without a name")
        }
        let namespace = tree["metadata"]?["namespace"]?.string ?? "default"
        return (
            StoredObject.Key(namespace: resource.isNamespaced ? namespace : "", name: name),
            resource
        )
    }
}
