// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// The objects that a server tells of one by one, each with its last good content, and what changes
/// when they do.
///
/// ```swift
/// var store = ObjectStore()
/// store.beginList(of: "pods")
/// store.put(json, as: TypeName(apiVersion: "v1", kind: "Pod"), at: place)
/// store.endList(of: "pods")
/// if let update = store.settle(isComplete: true) { … }
/// ```
///
/// An object that cannot be read keeps what it last said in force, and is a problem until it is good
/// again or gone. All others go on: one object that nobody understands does not keep a cluster's
/// policies from being followed.
///
/// The store asks no server and knows no clock. What is put is decoded at once, and nothing of its text
/// is kept.
public struct ObjectStore: Sendable {
    private var store: ManifestStore
    private var batch = ManifestStore.Batch()
    /// How many objects stand at the server, good or not, by resource.
    private var counts: [String: Int] = [:]
    /// What stood before a list that has begun and not ended, and has not come up in it; by resource.
    private var unlisted: [String: Set<String>] = [:]
    private var warnings: [SourceProblem] = []
    private var reported: Reported?

    /// What an update has told besides its changes.
    private struct Reported: Equatable {
        var problems: [SourceProblem]
        var isComplete: Bool
    }

    /// A store without objects.
    public init() {
        store = ManifestStore()
    }

    /// Takes the content of an object, for the first time or anew.
    ///
    /// - Parameters:
    ///   - json: One object in JSON.
    ///   - type: What it is if it does not say so itself, as in lists.
    public mutating func put(_ json: [UInt8], as type: TypeName, at place: ObjectPlace) {
        let name = note(place)
        let source = Source(name: name, bytes: json, type: type)
        let decoded = store.stage(name, source, in: &batch)
        warnings += decoded.map { SourceProblem(path: name, text: $0.description) }
    }

    /// Takes note that something stands at a place.
    ///
    /// - Returns: The name by which the store knows it.
    private mutating func note(_ place: ObjectPlace) -> String {
        let name = place.description
        unlisted[place.resource]?.remove(name)
        if !store.knows(name) { counts[place.resource, default: 0] += 1 }
        return name
    }

    /// Takes note that what stands at a place is not the object that belongs there, and is not read: what
    /// was there before stays, and the problem with it.
    ///
    /// - Parameters:
    ///   - message: What is wrong, without the place.
    ///   - remedy: What to do about it.
    public mutating func refuse(_ place: ObjectPlace, because message: String, remedy: String) {
        let name = note(place)
        let problem = Diagnostic(
            .error, at: Origin(source: name, document: 1, line: 1), message: message,
            remedy: remedy)
        store.refuse(name, because: problem, in: &batch)
    }

    /// Forgets an object that the server has no more.
    public mutating func remove(_ place: ObjectPlace) {
        remove(place.description, of: place.resource)
    }

    private mutating func remove(_ name: String, of resource: String) {
        unlisted[resource]?.remove(name)
        guard store.knows(name) else { return }
        counts[resource, default: 0] -= 1
        store.stage(name, nil, in: &batch)
    }

    /// A list of all objects of a resource begins, perhaps once more after one that broke off.
    public mutating func beginList(of resource: String) {
        let prefix = ObjectPlace.prefix(of: resource)
        unlisted[resource] =
            count(of: resource) == 0 ? [] : store.files.filter { $0.hasPrefix(prefix) }
    }

    /// The list is complete: what has not come up since it began is gone.
    public mutating func endList(of resource: String) {
        for name in unlisted.removeValue(forKey: resource) ?? [] { remove(name, of: resource) }
    }

    /// The server has no objects of a resource.
    public mutating func removeAll(of resource: String) {
        beginList(of: resource)
        endList(of: resource)
    }

    /// Adds a warning to those of the next update: something that keeps nothing out of force.
    public mutating func warn(_ warning: SourceProblem) { warnings.append(warning) }

    /// How many objects of a resource stand at the server, good or not.
    public func count(of resource: String) -> Int { counts[resource] ?? 0 }

    /// What has changed since it was last asked; nil if nothing has.
    ///
    /// - Parameters:
    ///   - isComplete: whether every resource has been listed once.
    ///   - problems: what is wrong with the server; the objects' own are added.
    public mutating func settle(
        isComplete: Bool, problems: [SourceProblem] = []
    ) -> SourceUpdate? {
        let update = store.settle(batch)
        batch = ManifestStore.Batch()
        let common = update.commonWarnings.map {
            SourceProblem(path: $0.origin.source, text: $0.description)
        }
        let collected = warnings + common
        warnings = []
        let ofObjects = store.problems.flatMap { path, diagnostics in
            diagnostics.map { SourceProblem(path: path, text: $0.description) }
        }
        let all = (problems + ofObjects).sorted { ($0.path, $0.text) < ($1.path, $1.text) }
        let now = Reported(problems: all, isComplete: isComplete)
        guard !update.changes.isEmpty || !collected.isEmpty || now != reported else { return nil }
        reported = now
        return SourceUpdate(
            changes: update.changes, problems: all, warnings: collected, isComplete: isComplete,
            objectCount: store.objectCount)
    }

    /// All objects, every list in order of name.
    public var state: ClusterState { store.state }
}
