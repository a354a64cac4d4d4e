// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// An object as the server keeps it: its text, and what is asked of it without reading that.
struct StoredObject: Sendable {
    /// Where an object stands among those of its resource; in the order in which lists print them,
    /// which is that of their keys in etcd.
    struct Key: Hashable, Comparable, Sendable, CustomStringConvertible {
        /// Empty for objects of the whole cluster.
        let namespace: String
        let name: String
        /// Both, as the end of the key in etcd.
        let description: String

        init(namespace: String = "", name: String) {
            self.namespace = namespace
            self.name = name
            description = namespace.isEmpty ? name : "\(namespace)/\(name)"
        }

        static func == (left: Key, right: Key) -> Bool { left.description == right.description }

        static func < (left: Key, right: Key) -> Bool { left.description < right.description }

        func hash(into hasher: inout Hasher) { hasher.combine(description) }
    }

    let key: Key
    let uid: String
    let revision: UInt64
    let labels: [String: String]
    /// What a fieldSelector may ask for.
    let fields: [String: String]
    /// The members behind kind and apiVersion, with the closing brace.
    let rest: String

    /// The object with all its members, as watches and single objects are printed.
    func text(of resource: APIResource) -> String {
        let head =
            resource.isCustom
            ? #"{"apiVersion":"\#(resource.apiVersion)","kind":"\#(resource.kind)""#
            : #"{"kind":"\#(resource.kind)","apiVersion":"\#(resource.apiVersion)""#
        return rest == "}" ? head + rest : "\(head),\(rest)"
    }

    /// The object as an item of a list: those of built-in resources do not say what they are.
    func item(of resource: APIResource) -> String {
        resource.isCustom ? text(of: resource) : "{\(rest)"
    }

    func tree(of resource: APIResource) -> JSONTree {
        do { return try JSONTree(parsing: text(of: resource)) } catch {
            preconditionFailure("\(key) was printed by this server: \(error)")
        }
    }
}

extension StoredObject {
    /// An object that somebody wrote, with what the server adds to it.
    ///
    /// - Parameter identity: those parts of metadata that the server alone determines.
    init(
        _ tree: JSONTree, key: Key, identity: Identity, revision: UInt64,
        of resource: APIResource
    ) {
        var tree = tree
        let metadata = Self.metadata(tree, key, identity, revision, resource)
        tree["metadata"] = metadata
        self.key = key
        self.uid = identity.uid
        self.revision = revision
        labels = metadata["labels"]?.strings ?? [:]
        var fields = ["metadata.name": key.name]
        if resource.isNamespaced { fields["metadata.namespace"] = key.namespace }
        if resource.name == "pods" {
            fields["spec.nodeName"] = tree["spec"]?["nodeName"]?.string ?? ""
            fields["spec.serviceAccountName"] = tree["spec"]?["serviceAccountName"]?.string ?? ""
            fields["status.phase"] = tree["status"]?["phase"]?.string ?? ""
            fields["status.podIP"] = tree["status"]?["podIP"]?.string ?? ""
        }
        self.fields = fields
        let others = tree.members.filter {
            !["kind", "apiVersion", "metadata"].contains($0.name)
        }
        let members = [JSONTree.Member(name: "metadata", value: metadata)] + others
        rest = String(JSONTree.object(members).json.dropFirst())
    }

    /// What stays the same as long as an object exists.
    struct Identity: Sendable {
        var uid: String
        var created: String

        init(uid: String, created: String) {
            self.uid = uid
            self.created = created
        }

        /// Taken from an object that exists.
        init?(_ tree: JSONTree) {
            guard let uid = tree["metadata"]?["uid"]?.string,
                let created = tree["metadata"]?["creationTimestamp"]?.string
            else { return nil }
            self.init(uid: uid, created: created)
        }
    }

    /// Metadata in the order in which the server prints them, with what only fills the wire.
    private static func metadata(
        _ tree: JSONTree, _ key: Key, _ identity: Identity, _ revision: UInt64,
        _ resource: APIResource
    ) -> JSONTree {
        let given = tree["metadata"] ?? .object([])
        var labels = given["labels"]
        if resource.name == "namespaces" {
            // As the admission of namespaces does since Kubernetes 1.21.
            if labels?.members.isEmpty ?? true { labels = .object([]) }
            labels?["kubernetes.io/metadata.name"] = .text(key.name)
        }
        return .members(
            ("name", .text(key.name)), ("generateName", given["generateName"]),
            ("namespace", resource.isNamespaced ? .text(key.namespace) : nil),
            ("uid", .text(identity.uid)), ("resourceVersion", .text("\(revision)")),
            ("generation", given["generation"] ?? (tree["spec"] == nil ? nil : 1)),
            ("creationTimestamp", .text(identity.created)),
            ("deletionTimestamp", given["deletionTimestamp"]), ("labels", labels),
            ("annotations", given["annotations"]), ("ownerReferences", given["ownerReferences"]),
            ("finalizers", given["finalizers"]),
            ("managedFields", managedFields(identity.created, resource)))
    }

    /// Keys that hold quotes and braces, as those of real objects do.
    private static func managedFields(_ time: String, _ resource: APIResource) -> JSONTree {
        let ports = JSONTree.members((#"k:{"containerPort":80,"protocol":"TCP"}"#, .object([])))
        let fields = JSONTree.members(
            ("f:metadata", .members(("f:labels", .members((".", .object([])))))),
            ("f:spec", .members(("f:ports", ports))))
        return .list([
            .members(
                ("manager", "kube-controller-manager"), ("operation", "Update"),
                ("apiVersion", .text(resource.apiVersion)), ("time", .text(time)),
                ("fieldsType", "FieldsV1"), ("fieldsV1", fields))
        ])
    }
}
