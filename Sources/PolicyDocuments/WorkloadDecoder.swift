// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

extension Workload {
    /// Decodes an object of a kind that makes pods.
    init?(
        _ object: Field, kind: WorkloadKind, defaultNamespace: String, _ log: inout ProblemLog
    ) {
        guard
            let metadata = ObjectMetadata(
                of: object, kind: kind.rawValue, scope: .namespaced(default: defaultNamespace),
                isValidName: NameSyntax.isSubdomain, nameRule: NameSyntax.subdomainRule, &log)
        else { return nil }
        let namespace = metadata.namespace ?? defaultNamespace
        guard let template = Self.template(of: object, kind, &log) else { return nil }
        let spec = template.structure("spec", &log)
        self.init(
            id: WorkloadID(kind: kind, namespace: namespace, name: metadata.name),
            labels: template.structure("metadata", &log)?["labels"]?.labels(&log) ?? [:],
            namedPorts: Endpoint.namedPorts(spec, &log),
            usesHostNetwork: spec?["hostNetwork"]?.boolean(&log) ?? false,
            owner: WorkloadID(ownerOf: object, in: namespace, &log),
            created: metadata.created,
            isFinished: kind == .job && Self.hasEnded(object, &log))
    }

    /// The template of the pods: `spec.template`, and in a CronJob that of the jobs it makes.
    private static func template(
        of object: Field, _ kind: WorkloadKind, _ log: inout ProblemLog
    ) -> Field? {
        let path =
            kind == .cronJob ? ["spec", "jobTemplate", "spec", "template"] : ["spec", "template"]
        var field = object
        for name in path {
            guard let member = field[name] else {
                log.missing(name, of: field, remedy: "a \(kind.rawValue) needs a template of pods")
                return nil
            }
            guard member.isMapping(&log) else { return nil }
            field = member
        }
        return field
    }

    /// Whether one of a Job's conditions says that it is over.
    private static func hasEnded(_ job: Field, _ log: inout ProblemLog) -> Bool {
        let conditions = job.structure("status", &log)?["conditions"]?.objects(&log) ?? []
        return conditions.contains {
            let type = $0["type"]?.node.scalar
            return (type == .string("Complete") || type == .string("Failed"))
                && $0["status"]?.node.scalar == .string("True")
        }
    }
}

extension WorkloadID {
    /// The workload that controls an object (`metadata.ownerReferences[]` with
    /// `controller: true`); nil if none does, or one of a kind that is not known here.
    init?(ownerOf object: Field, in namespace: String, _ log: inout ProblemLog) {
        let references = object["metadata"]?["ownerReferences"]?.objects(&log) ?? []
        let controller = references.first { $0["controller"]?.node.scalar == .boolean(true) }
        guard let controller, let kind = controller["kind"]?.string(&log),
            let apiVersion = controller["apiVersion"]?.string(&log),
            let name = controller["name"]?.string(&log),
            let kind = WorkloadKind(TypeName(apiVersion: apiVersion, kind: kind))
        else { return nil }
        self.init(kind: kind, namespace: namespace, name: name)
    }
}

extension WorkloadKind {
    /// The kind of this name, if the API group has it.
    init?(_ type: TypeName) {
        guard let kind = WorkloadKind(rawValue: type.kind),
            kind.groups.contains(String(type.group))
        else { return nil }
        self = kind
    }
}
