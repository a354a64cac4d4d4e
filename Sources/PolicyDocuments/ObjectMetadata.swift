// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The parts of an object's `metadata` that matter here, validated.
struct ObjectMetadata {
    var name: String
    /// Nil for objects that belong to the whole cluster.
    var namespace: String?
    var labels: [String: String]
    /// Seconds since 1970; 0 if unknown.
    var created: Int64

    /// The fields of `metav1.ObjectMeta`.
    static let fields = [
        "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation",
        "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "labels",
        "annotations", "ownerReferences", "finalizers", "managedFields", "clusterName",
    ]

    /// How an object is named.
    enum Scope {
        /// It belongs to a namespace; without one, to the given.
        case namespaced(default: String)
        /// It belongs to the cluster.
        case cluster
    }

    /// Reads the metadata of `object` and lets `log` name the object from here on.
    ///
    /// - Returns: Nil if the object cannot be named.
    init?(
        of object: Field, kind: String, scope: Scope, isValidName: (String) -> Bool,
        nameRule: String, _ log: inout ProblemLog
    ) {
        let metadata = object["metadata"]
        let namespace: String?
        switch scope {
        case .cluster: namespace = nil
        case .namespaced(let standard): namespace = metadata?.scalarText("namespace") ?? standard
        }
        let given = metadata?.scalarText("name")
        let prefix = metadata?.scalarText("generateName")
        log.object = ObjectName(
            kind: kind, namespace: namespace, name: given ?? prefix.map { "\($0)*" } ?? "(unnamed)")
        guard let metadata else {
            log.missing("metadata", of: object, remedy: "give the object a name")
            return nil
        }
        guard metadata.isMapping(&log) else { return nil }
        if let field = metadata["namespace"], case .namespaced = scope,
            let text = field.string(&log), !text.isEmpty, !NameSyntax.isLabel(text)
        {
            log.error(
                field, "\(MessageText.quoted(text)) is not a namespace's name",
                remedy: NameSyntax.labelRule)
        }
        created = 0
        if let field = metadata["creationTimestamp"], let text = field.string(&log) {
            if let seconds = Timestamp.seconds(text) {
                created = seconds
            } else {
                log.error(
                    field, "\(MessageText.quoted(text)) is not a time",
                    remedy: "write it like 2024-03-01T10:00:00Z")
            }
        }
        labels = metadata["labels"]?.labels(&log) ?? [:]
        self.namespace = namespace
        guard let field = metadata["name"] else {
            let remedy = "only the server makes names up from generateName, a manifest states it"
            log.missing(
                "name", of: metadata, remedy: prefix == nil ? "give the object a name" : remedy)
            return nil
        }
        guard let text = field.string(&log) else { return nil }
        guard isValidName(text) else {
            log.error(
                field, "\(MessageText.quoted(text)) is not a valid name", remedy: nameRule)
            return nil
        }
        name = text
    }
}

extension Field {
    /// The text of a member, whatever its type, for naming an object in messages; nil if empty.
    fileprivate func scalarText(_ name: String) -> String? {
        switch self[name]?.node.content {
        case .plain(let text)?, .quoted(let text)?: text.isEmpty ? nil : text
        default: nil
        }
    }

    /// The value as a set of labels, each checked for its syntax.
    func labels(_ log: inout ProblemLog) -> [String: String] {
        var labels: [String: String] = [:]
        for (key, field) in entries(&log) {
            if !NameSyntax.isQualifiedName(key) {
                log.error(
                    field, "\(MessageText.quoted(key)) is not a label's key",
                    remedy: NameSyntax.qualifiedNameRule)
            }
            guard !field.node.isNull else {
                log.warning(field, "is null, which is read as \"\"", remedy: "write \"\"")
                labels[key] = ""
                continue
            }
            guard let value = field.string(&log) else { continue }
            if !NameSyntax.isLabelValue(value) {
                log.error(
                    field, "\(MessageText.quoted(value)) is not a label's value",
                    remedy: NameSyntax.labelValueRule)
            }
            labels[key] = value
        }
        return labels
    }
}
