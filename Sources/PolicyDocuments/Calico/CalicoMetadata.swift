// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension ObjectMetadata {
    /// Reads the metadata of an object of Calico's API.
    ///
    /// - Parameter namespace: the namespace of objects that name none; nil if the kind belongs to the
    ///   cluster.
    init?(
        calico object: Field, kind: String, namespace: String? = nil, _ log: inout ProblemLog
    ) {
        self.init(
            of: object, kind: kind,
            scope: namespace.map { .namespaced(default: $0) } ?? .cluster,
            isValidName: NameSyntax.isSubdomain, nameRule: NameSyntax.subdomainRule, &log)
        object.warnOfUnknown(besides: ["apiVersion", "kind", "metadata", "spec", "status"], &log)
        object["metadata"]?.warnOfUnknown(besides: ObjectMetadata.fields, &log)
        for (_, value) in object["metadata"]?["annotations"]?.entries(&log) ?? [] {
            _ = value.string(&log)
        }
        guard let stored = object["metadata"]?.storedMetadata(&log) else { return }
        labels.merge(stored["labels"]?.labels(&log) ?? [:]) { $1 }
        if let field = stored["creationTimestamp"],
            let text = field.string(&log), let seconds = Timestamp.seconds(text)
        {
            created = seconds
        }
    }
}

extension Field {
    /// Where clusters keep what an author wrote into the metadata of one of Calico's objects. Of
    /// newer versions the labels stand nowhere else; where both have one, this one counts
    /// (libcalico-go, backend/k8s/resources).
    private static let metadataAnnotation = "projectcalico.org/metadata"

    /// The metadata that an annotation holds as JSON; nil where there is none.
    fileprivate func storedMetadata(_ log: inout ProblemLog) -> Field? {
        guard let annotations = self["annotations"],
            let node = annotations.node[Self.metadataAnnotation], !node.isNull
        else { return nil }
        let annotation = Field(
            node: node, path: .entry(annotations.path, Self.metadataAnnotation))
        guard let text = annotation.string(&log), !text.isEmpty else { return nil }
        guard let content = DocumentNode(json: text), case .mapping = content.content else {
            log.error(
                annotation, "is no object in JSON", remedy: "remove it, Calico writes it anew")
            return nil
        }
        return Field(node: content, path: annotation.path)
    }
}

extension Field {
    /// The text of a member; nil if it is absent or empty, which is the same to the API.
    func text(_ name: String, _ log: inout ProblemLog) -> String? {
        guard let text = self[name]?.string(&log), !text.isEmpty else { return nil }
        return text
    }

    /// The value of a member that must be one of a few words; nil if it is absent or empty.
    func choice<Value>(
        _ name: String, _ values: KeyValuePairs<String, Value>, ignoresCase: Bool = false,
        _ log: inout ProblemLog
    ) -> Value? {
        guard let field = self[name], let text = text(name, &log) else { return nil }
        let match = values.first {
            $0.key == text || ignoresCase && $0.key.lowercased() == text.lowercased()
        }
        if let match { return match.value }
        let words = values.map(\.key)
        let meant = NearMiss.of(text, among: words) ?? words.alternatives
        log.error(field, "\(MessageText.quoted(text)) is not known here", remedy: "write \(meant)")
        return nil
    }

    /// The elements of a member, of which there may be so many.
    func elements(
        of name: String, atMost limit: Int, _ log: inout ProblemLog
    ) -> [Field] {
        guard let field = self[name] else { return [] }
        let elements = field.elements(&log)
        if elements.count > limit {
            log.error(
                field, "has \(elements.count) entries", remedy: "write at most \(limit)")
        }
        return elements
    }

    /// A member that says yes or no; no if it is absent.
    func flag(_ name: String, _ log: inout ProblemLog) -> Bool {
        self[name]?.boolean(&log) ?? false
    }

    /// The value as a place in an order.
    func order(_ log: inout ProblemLog) -> Double? {
        switch node.scalar {
        case .integer(let value): return Double(value)
        case .number(let value) where value.isFinite: return value
        default:
            log.error(self, "is not a number", remedy: "write a number such as 100 or 99.5")
            return nil
        }
    }

    /// The value as one of Calico's selectors; nil if it is empty, which is as good as absent, or is
    /// none.
    func selector(_ context: SelectorContext, _ log: inout ProblemLog) -> Selector? {
        guard let text = string(&log), !text.isEmpty else { return nil }
        guard text.unicodeScalars.count <= 1024 else {
            log.error(
                self, "has \(text.unicodeScalars.count) characters",
                remedy: "write at most 1024, perhaps with a label that stands for several")
            return nil
        }
        do throws(SelectorSyntaxError) {
            return try Selector(calico: text, in: context)
        } catch {
            log.error(self, "column \(error.column): \(error.message)", remedy: error.remedy)
            return nil
        }
    }
}

extension [String] {
    /// `Allow, Deny or Pass`.
    fileprivate var alternatives: String {
        guard count > 1, let last else { return joined() }
        return "\(dropLast().joined(separator: ", ")) or \(last)"
    }
}
