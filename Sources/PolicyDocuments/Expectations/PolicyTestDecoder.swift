// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

extension PolicyTestSuite {
    private static let fields = [
        "namespace", "manifests", "namespaces", "pods", "objects", "tests",
    ]

    /// Decodes a document.
    init?(_ document: Field, defaultNamespace: String, _ log: inout ProblemLog) {
        guard document.isMapping(&log) else { return nil }
        document.refuseUnknown(besides: Self.fields, &log)
        namespace = document["namespace"]?.namespaceName(&log) ?? defaultNamespace
        manifests = (document["manifests"]?.elementsOrItself(&log) ?? []).compactMap { field in
            guard let path = field.string(&log) else { return nil }
            return Located(path, at: log.origin(field.node.position))
        }
        objects = DecodedDocuments()
        for field in document["namespaces"]?.elements(&log) ?? [] {
            guard let value = Namespace(brief: field, &log) else { continue }
            objects.namespaces.append(Located(value, at: log.origin(field.node.position)))
        }
        for field in document["pods"]?.elements(&log) ?? [] {
            guard let value = Endpoint(brief: field, namespace: namespace, &log) else { continue }
            objects.endpoints.append(Located(value, at: log.origin(field.node.position)))
        }
        var decoder = DocumentDecoder(defaultNamespace: namespace, readsWorkloads: true)
        decoder.keepsLayouts = true
        for field in document["objects"]?.elements(&log) ?? [] {
            log.object = nil
            decoder.decode(
                Field(node: field.node, path: .object), inherited: nil, into: &objects, &log)
        }
        log.object = nil
        tests = []
        for field in document["tests"]?.elements(&log) ?? [] {
            if let test = PolicyTest(field, namespace: namespace, &log) { tests.append(test) }
        }
        if document["tests"]?.node.isEmptyList ?? true {
            log.missing("tests", of: document, remedy: "write at least one test")
        }
    }
}

extension PolicyTest {
    fileprivate init?(_ field: Field, namespace: String, _ log: inout ProblemLog) {
        guard field.isMapping(&log) else { return nil }
        let errors = log.errorCount
        field.refuseUnknown(besides: ["name", "allow", "deny"], &log)
        origin = log.origin(field.node.position)
        if field["name"] == nil {
            log.missing("name", of: field, remedy: "say what is tested")
        }
        name = field["name"]?.string(&log) ?? ""
        expectations = []
        var count = 0
        for verdict in TrafficExpectation.Verdict.allCases {
            for entry in field[verdict.rawValue]?.elementsOrItself(&log) ?? [] {
                count += 1
                let expectation = TrafficExpectation(entry, verdict, namespace: namespace, &log)
                if let expectation { expectations.append(expectation) }
            }
        }
        if count == 0, log.errorCount == errors {
            log.error(
                field, "expects nothing",
                remedy: "write allow or deny with entries such as {from: world, to: shop/web}")
        }
    }
}

extension TrafficExpectation {
    fileprivate init?(
        _ field: Field, _ verdict: Verdict, namespace: String, _ log: inout ProblemLog
    ) {
        guard field.isMapping(&log) else { return nil }
        field.refuseUnknown(
            besides: ["from", "to", "port"], confusions: ["ports": "port"], &log)
        self.verdict = verdict
        origin = log.origin(field.node.position)
        senders = Self.sides("from", of: field, namespace: namespace, &log)
        receivers = Self.sides("to", of: field, namespace: namespace, &log)
        let listed = field["port"]?.elementsOrItself(&log)
        if let listed, listed.isEmpty, let port = field["port"] {
            log.error(port, "is empty", remedy: "leave it out to mean every port")
        }
        ports =
            listed?.compactMap { port in
                TrafficPorts(port, &log).map { Located($0, at: log.origin(port.node.position)) }
            } ?? [Located(.any, at: origin)]
    }

    private static func sides(
        _ name: String, of field: Field, namespace: String, _ log: inout ProblemLog
    ) -> [Located<TrafficSide>] {
        let entries = field[name]?.elementsOrItself(&log) ?? []
        if entries.isEmpty {
            log.missing(
                name, of: field,
                remedy: "write a pod as namespace/name, a selector, an address or world")
        }
        return entries.compactMap { entry in
            TrafficSide(entry, namespace: namespace, &log).map {
                Located($0, at: log.origin(entry.node.position))
            }
        }
    }
}

extension Field {
    /// Reports every field that is not known: what an expectation does not say it does not test.
    func refuseUnknown(
        besides known: [String], confusions: [String: String] = [:], _ log: inout ProblemLog
    ) {
        guard case .mapping(let entries) = node.content else { return }
        for entry in entries where !known.contains(entry.key) {
            let meant = confusions[entry.key] ?? NearMiss.of(entry.key, among: known)
            log.report(
                .error, at: entry.position, path: .member(path, entry.key), "is an unknown field",
                remedy: meant.map { "did you mean \($0)?" }
                    ?? "the fields here are: \(known.joined(separator: ", "))")
        }
    }

    /// The elements of a list, or the value itself where there is no list.
    func elementsOrItself(_ log: inout ProblemLog) -> [Field] {
        switch node.content {
        case .sequence, .deferred: elements(&log)
        case .mapping, .plain, .quoted: [self]
        }
    }

    /// The value as a namespace's name.
    func namespaceName(_ log: inout ProblemLog) -> String? {
        guard let name = string(&log) else { return nil }
        if NameSyntax.isLabel(name) { return name }
        log.error(
            self, "\(MessageText.quoted(name)) is not a namespace's name",
            remedy: NameSyntax.labelRule)
        return nil
    }
}

extension DocumentNode {
    fileprivate var isEmptyList: Bool {
        if case .sequence(let elements) = content { elements.isEmpty } else { false }
    }
}
