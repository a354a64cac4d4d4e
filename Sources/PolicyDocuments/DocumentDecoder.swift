// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// Decodes manifests, and what `kubectl get -o yaml` or `-o json` prints, into model values.
///
/// ```swift
/// let source = Source(name: "policy.yaml", text: text)
/// let decoded = DocumentDecoder(defaultNamespace: "dev").decode([source])
/// for diagnostic in decoded.diagnostics { print(diagnostic) }
/// ```
///
/// Pods, Namespaces, Nodes, NetworkPolicies, the cluster-wide policies of Kubernetes and the objects
/// of Calico's API are decoded, singly and in lists, and everything else is passed over; but what
/// looks like a policy and cannot be read is an error, because
/// passing over it would leave open what it closes. Whoever asks what policies mean, not what a node
/// enforces, also wants the objects that make pods.
public struct DocumentDecoder: Sendable {
    /// The namespace of objects that name none.
    public var defaultNamespace: String
    /// Whether to keep how policies are written, for which ``DecodedDocuments/layouts`` has room.
    public var keepsLayouts = false
    /// Whether objects that make pods are decoded, and which pods they own. Where they are not,
    /// mistakes in them go unnoticed too.
    public var readsWorkloads: Bool

    /// A decoder that gives objects without a namespace this one.
    public init(defaultNamespace: String = "default", readsWorkloads: Bool = false) {
        self.defaultNamespace = defaultNamespace
        self.readsWorkloads = readsWorkloads
    }

    /// Whether this can be a namespace's name: a DNS label.
    public static func isNamespaceName(_ name: String) -> Bool { NameSyntax.isLabel(name) }

    /// Whether this can be a node's name: a DNS subdomain.
    public static func isNodeName(_ name: String) -> Bool { NameSyntax.isSubdomain(name) }

    /// Decodes all documents of all sources, and collects all problems.
    public func decode(_ sources: [Source]) -> DecodedDocuments {
        var decoded = DecodedDocuments()
        for source in sources {
            var log = ProblemLog(source: source.name)
            var isEmpty = true
            DocumentReader(source).forEachDocument { number, document in
                log.document = number
                log.object = nil
                switch document {
                case .success(let root) where root.isNull: break
                case .success(let root):
                    isEmpty = false
                    decode(document: root, inherited: source.type, into: &decoded, &log)
                case .failure(let error):
                    isEmpty = false
                    log.error(error)
                }
            }
            if isEmpty {
                decoded.emptySources.insert(source.name)
                log.report(
                    .warning, at: .start, path: .object, "the source holds no objects",
                    topic: .emptySource)
            }
            decoded.diagnostics += log.diagnostics
        }
        return decoded
    }

    /// Decodes an object, or each object of a list without a head: `calicoctl` reads and writes
    /// several objects so.
    private func decode(
        document root: DocumentNode, inherited: TypeName?, into decoded: inout DecodedDocuments,
        _ log: inout ProblemLog
    ) {
        let field = Field(node: root, path: .object)
        guard field.isList else {
            return decode(field, inherited: inherited, into: &decoded, &log)
        }
        decode(itemsOf: field, inherited: inherited, into: &decoded, &log)
    }

    /// Decodes the items of a list. Every one is an object of its own, so that paths begin anew.
    private func decode(
        itemsOf list: Field, inherited: TypeName?, into decoded: inout DecodedDocuments,
        _ log: inout ProblemLog
    ) {
        list.forEachElement(&log) { item, log in
            log.object = nil
            let object = Field(node: item.node, path: .object)
            decode(object, inherited: inherited, into: &decoded, &log)
        }
    }

    /// Decodes one object, or the items of a list, and keeps how it is written where that is wanted.
    ///
    /// - Parameter inherited: The type of a list's item that does not state one.
    func decode(
        _ object: Field, inherited: TypeName?, into decoded: inout DecodedDocuments,
        _ log: inout ProblemLog
    ) {
        guard let type = typeName(of: object, inherited: inherited, &log) else { return }
        switch ObjectKind(type, knowsWorkloads: readsWorkloads) {
        case .namespace:
            append(object, to: &decoded.namespaces, &log) { Namespace($0, &$1) }
        case .node:
            append(object, to: &decoded.nodes, &log) { Node($0, &$1) }
        case .pod:
            var owner: (pod: EndpointID, WorkloadID)?
            append(object, to: &decoded.endpoints, &log) { field, log in
                let pod = Endpoint(pod: field, defaultNamespace: defaultNamespace, &log)
                if readsWorkloads, let id = pod?.id {
                    owner = WorkloadID(ownerOf: field, in: id.namespace, &log).map { (id, $0) }
                }
                return pod
            }
            if let (pod, workload) = owner { decoded.podOwners[pod] = workload }
        case .workload(let kind):
            append(object, to: &decoded.workloads, &log) {
                Workload($0, kind: kind, defaultNamespace: defaultNamespace, &$1)
            }
        case .networkPolicy(let isDeprecated):
            append(object, to: &decoded.policies, &log) { field, log in
                let policy = Policy(
                    networkPolicy: field, defaultNamespace: defaultNamespace, &log)
                if isDeprecated { warnOfOldVersion(field, &log) }
                return policy
            }
        case .serviceAccount:
            append(object, to: &decoded.serviceAccounts, &log) {
                ServiceAccount($0, defaultNamespace: defaultNamespace, &$1)
            }
        case .endpointSlice:
            append(object, to: &decoded.serviceSlices, &log) {
                ServiceSlice($0, defaultNamespace: defaultNamespace, &$1)
            }
        case .calico(let kind): decode(object, calico: kind, into: &decoded, &log)
        case .clusterPolicy(let kind):
            append(object, to: &decoded.policies, &log) {
                Policy(clusterPolicy: $0, kind: kind, &$1)
            }
        case .list(let itemType):
            // Items under another name would be passed over without a word.
            object.requireKnown(besides: ["apiVersion", "kind", "metadata", "items"], &log)
            guard let items = object["items"] else { return }
            return decode(itemsOf: items, inherited: itemType, into: &decoded, &log)
        case .other: break
        case .refused(let field, let message, let remedy):
            log.object = nil
            log.error(object[field] ?? object, message, remedy: remedy)
        }
        if keepsLayouts { decoded.keepLayout(of: object, log) }
    }

    private func typeName(
        of object: Field, inherited: TypeName?, _ log: inout ProblemLog
    ) -> TypeName? {
        guard object.isMapping(&log) else { return nil }
        let errors = log.errorCount
        let apiVersion = object["apiVersion"]?.string(&log) ?? inherited?.apiVersion
        let kind = object["kind"]?.string(&log) ?? inherited?.kind
        guard log.errorCount == errors else { return nil }
        guard let kind, !kind.isEmpty else {
            log.missing("kind", of: object, remedy: "write one, such as NetworkPolicy")
            return nil
        }
        guard let apiVersion, !apiVersion.isEmpty else {
            log.missing(
                "apiVersion", of: object, remedy: "write one, such as networking.k8s.io/v1")
            return nil
        }
        return TypeName(apiVersion: apiVersion, kind: kind)
    }

    /// Adds the object's value, unless an error was found in it.
    func append<Value>(
        _ object: Field, to values: inout [Located<Value>], _ log: inout ProblemLog,
        _ decode: (Field, inout ProblemLog) -> Value?
    ) {
        let errors = log.errorCount
        guard let value = decode(object, &log), log.errorCount == errors else { return }
        values.append(Located(value, at: log.origin(object.node.position)))
    }

    private func warnOfOldVersion(_ object: Field, _ log: inout ProblemLog) {
        log.warning(
            object["apiVersion"] ?? object,
            "extensions/v1beta1 is deprecated, and not served since Kubernetes 1.16",
            remedy: "write networking.k8s.io/v1, the fields are the same")
    }
}

extension DecodedDocuments {
    /// Keeps how the object of which the log speaks is written, unless there is one of its name.
    fileprivate mutating func keepLayout(of object: Field, _ log: ProblemLog) {
        guard let name = log.object, layouts[name.description] == nil else { return }
        let origin = log.origin(object.node.position)
        let layout =
            name.kind.contains("NetworkPolicy")
            ? ObjectLayout(object, at: origin)
            : ObjectLayout(object, at: origin, below: ["metadata", "annotations"])
        layouts[name.description] = layout
    }
}
