// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// The objects of a set of files, each with its last good content, and what changes when files do.
///
/// A file with any error keeps what it last held in force, wholly, until it is good again or gone:
/// half an input must not open what the other half closes. The same holds for a file that has
/// become empty, because that is what an interrupted copy looks like. Of an object that several
/// files define, the file first by path counts.
///
/// The store reads nothing and knows no clock. An update costs as much as the files concerned hold,
/// before and after.
public struct ManifestStore: Sendable {
    /// What came of an update.
    public struct Update: Hashable, Sendable {
        /// What leads from the state before to the state after, each object at most once and none
        /// that is as it was.
        public var changes: [ClusterChange]
        /// All errors and warnings of the files concerned, and those that are new of objects in
        /// several files and of shared addresses.
        public var diagnostics: [Diagnostic]
        /// Those of them that are no single file's.
        var sharedAddresses: [Diagnostic]
    }

    /// A number of updates that take effect together.
    struct Batch {
        var namespaces: ObjectIndex<String, Namespace>.Former = [:]
        var nodes: ObjectIndex<String, Node>.Former = [:]
        var endpoints: ObjectIndex<EndpointID, Endpoint>.Former = [:]
        var policies: ObjectIndex<PolicyID, Policy>.Former = [:]
        var diagnostics: [Diagnostic] = []
    }

    private let decoder: DocumentDecoder
    private var namespaces = ObjectIndex<String, Namespace>()
    private var nodes = ObjectIndex<String, Node>()
    private var endpoints = ObjectIndex<EndpointID, Endpoint>()
    private var policies = ObjectIndex<PolicyID, Policy>()
    private var claims = AddressClaims()
    /// The errors of each file that has some.
    private var errors: [String: [Diagnostic]] = [:]
    /// The files that have been good once.
    private var good: Set<String> = []
    /// The files with errors that have never been good.
    private var neverGood: Set<String> = []
    private var hasTiers = false

    /// No files.
    ///
    /// - Parameter defaultNamespace: The namespace of objects that name none.
    public init(defaultNamespace: String = "default") {
        decoder = DocumentDecoder(defaultNamespace: defaultNamespace)
    }

    /// Takes the new content of one file.
    ///
    /// - Parameter source: Nil if the file is gone.
    public mutating func update(file: String, with source: Source?) -> Update {
        update([(file, source)])
    }

    /// Takes the new contents of several files at once, so that an object may move from one to
    /// another without being gone in between. Of several contents of one file the last counts.
    ///
    /// The first update brings ``Tier/standard`` along, whatever its files hold.
    public mutating func update(_ files: [(file: String, source: Source?)]) -> Update {
        var batch = Batch()
        for (file, source) in files { stage(file, source, in: &batch) }
        return settle(batch)
    }

    /// The errors of every file that has any, among them objects that a file before it by path
    /// defines as well.
    public var problems: [String: [Diagnostic]] {
        var problems = errors
        let collisions =
            Array(namespaces.collisions.values.joined()) + nodes.collisions.values.joined()
            + policies.collisions.values.joined() + endpoints.collisions.values.joined()
        for (file, ofFile) in Dictionary(grouping: collisions, by: \.origin.source) {
            problems[file, default: []] += ofFile.sorted { $0.description < $1.description }
        }
        return problems
    }

    /// Whether every file that is known has been good once, so that nothing is missing that the
    /// files ever meant. Until then nothing may be enforced.
    public var isComplete: Bool { neverGood.isEmpty }

    /// How many objects there are, by kind.
    public var objectCount: [String: Int] {
        [
            "Namespace": namespaces.count, "Node": nodes.count, "Pod": endpoints.count,
            "NetworkPolicy": policies.count,
        ]
    }

    /// All objects, every list in order of name. Namespaces are those that are defined, not those
    /// that are only implied (S11).
    ///
    /// - Complexity: O(*n* log *n*) in all objects.
    public var state: ClusterState {
        ClusterState(
            namespaces: namespaces.values, nodes: nodes.values, endpoints: endpoints.values,
            tiers: Tier.builtIn, policies: policies.values)
    }

    /// Takes the new content of one file as part of a batch.
    ///
    /// - Returns: The warnings of the content, if it is good.
    @discardableResult
    mutating func stage(
        _ file: String, _ source: Source?, in batch: inout Batch
    ) -> [Diagnostic] {
        guard let source else {
            errors[file] = nil
            good.remove(file)
            neverGood.remove(file)
            replace(file, with: FileObjects(), in: &batch)
            return []
        }
        // Collisions are found by the file's path, which is where their origins point.
        let (objects, diagnostics) = FileObjects.decode(
            Source(name: file, bytes: source.bytes), decoder, isKnown: good.contains(file))
        batch.diagnostics += diagnostics
        let problems = diagnostics.filter { $0.severity == .error }
        guard problems.isEmpty else {
            errors[file] = problems
            if !good.contains(file) { neverGood.insert(file) }
            return []
        }
        errors[file] = nil
        neverGood.remove(file)
        good.insert(file)
        replace(file, with: objects, in: &batch)
        return diagnostics
    }

    private mutating func replace(
        _ file: String, with objects: FileObjects, in batch: inout Batch
    ) {
        namespaces.replace(file, with: objects.namespaces, noting: &batch.namespaces)
        nodes.replace(file, with: objects.nodes, noting: &batch.nodes)
        endpoints.replace(file, with: objects.endpoints, noting: &batch.endpoints)
        policies.replace(file, with: objects.policies, noting: &batch.policies)
    }

    /// What a batch has changed.
    mutating func settle(_ batch: Batch) -> Update {
        let namespaces = namespaces.settle(batch.namespaces) {
            .definedTwice(namespace: $0, at: $1, first: $2)
        }
        let nodes = nodes.settle(batch.nodes) { .definedTwice(node: $0, at: $1, first: $2) }
        let policies = policies.settle(batch.policies) {
            .definedTwice(policy: $0, at: $1, first: $2)
        }
        let endpoints = endpoints.settle(batch.endpoints) {
            .definedTwice(endpoint: $0, at: $1, first: $2)
        }
        for (_, old, new) in endpoints.changes { claims.replace(old, with: new) }
        var changes: [ClusterChange] =
            hasTiers ? [] : Tier.builtIn.map { .tier($0.name, $0) }
        hasTiers = true
        changes += namespaces.changes.map { .namespace($0.id, $0.new) }
        changes += nodes.changes.map { .node($0.id, $0.new) }
        changes += policies.changes.map { .policy($0.id, $0.new) }
        changes += endpoints.changes.map { .endpoint($0.id, $0.new) }
        let shared = sharedAddresses(endpoints.changes)
        return Update(
            changes: changes,
            diagnostics: batch.diagnostics + namespaces.collisions + nodes.collisions
                + policies.collisions + endpoints.collisions + shared,
            sharedAddresses: shared)
    }

    /// The warnings that pods with new addresses give.
    private func sharedAddresses(
        _ changes: [(id: EndpointID, old: Endpoint?, new: Endpoint?)]
    ) -> [Diagnostic] {
        var warnings: [Diagnostic] = []
        // Pairs that have been named, from the side of the first.
        var named: Set<[EndpointID]> = []
        for (id, old, new) in changes {
            let known = old.map { $0.isPoliced ? $0.addresses : [] } ?? []
            guard let new, new.isPoliced, new.addresses != known, let endpoint = endpoints[id]
            else { continue }
            for (address, rival) in claims.rivals(of: new) where !known.contains(address) {
                guard !named.contains([rival, id]), let other = endpoints[rival] else { continue }
                named.insert([id, rival])
                warnings.append(.sharedAddress(address, endpoint, other))
            }
        }
        return warnings
    }
}
