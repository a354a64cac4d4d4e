// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation

/// What the events of watches make of what was read: one watch for each kind.
struct EtcdEvents: Sendable {
    private(set) var reading: EtcdReading
    /// The kinds that are watched; the identifier of each one's watch is its place here and one.
    let resources: [CalicoResource]
    /// The watches that the server has not confirmed yet.
    private var unconfirmed: Set<Int>
    /// The watches of which only a part of an answer has come.
    private var incomplete: Set<Int> = []
    private let endpoint: String

    /// What is watched behind a reading.
    init(behind reading: EtcdReading, at endpoint: String) {
        self.reading = reading
        self.endpoint = endpoint
        resources = CalicoResource.all.filter { reading.position.known[$0] != nil }
        unconfirmed = Set(1...max(1, resources.count))
    }

    /// What was read, to be read anew before anything is watched.
    init(forgetting reading: EtcdReading) {
        var reading = reading
        reading.position.known = [:]
        self.init(behind: reading, at: "")
    }

    /// What the server is asked.
    var questions: [EtcdWatchRequest] {
        resources.enumerated().map { index, resource in
            EtcdWatchRequest(
                create: EtcdWatchRequest.Creation(
                    key: Data(resource.prefix.utf8), end: Data(resource.end.utf8),
                    startRevision: (reading.position.known[resource] ?? 0) + 1,
                    identifier: index + 1))
        }
    }

    /// Whether everything is watched.
    var isEstablished: Bool { unconfirmed.isEmpty }

    /// Whether no answer is there in part alone, so that what is there is of whole revisions.
    var isWhole: Bool { incomplete.isEmpty }

    /// Takes what comes in the stream.
    ///
    /// - Throws: ``EtcdError`` if it ends the watch.
    mutating func take(_ bytes: [UInt8]) throws {
        let message: EtcdWatchMessage
        do {
            message = try JSONDecoder().decode(EtcdWatchMessage.self, from: Data(bytes))
        } catch {
            throw EtcdError(
                endpoint: endpoint, "watching", "what comes is not understood: \(error)")
        }
        if let error = message.error {
            throw EtcdError(
                endpoint: endpoint, "watching", message: error.text,
                code: error.code ?? error.streamCode, status: nil)
        }
        guard let result = message.result else { return }
        try take(result)
    }

    private mutating func take(_ result: EtcdWatchMessage.Result) throws {
        let identifier = Int(result.identifier?.value ?? 0)
        let resource = resources.indices.contains(identifier - 1) ? resources[identifier - 1] : nil
        if result.canceled == true {
            throw cancellation(of: resource, result)
        }
        if let cluster = result.header?.clusterIdentifier?.value,
            cluster != reading.position.cluster
        {
            throw EtcdError(
                .replaced, endpoint: endpoint, "watching", "this is another cluster now")
        }
        if result.created == true {
            unconfirmed.remove(identifier)
            return
        }
        guard let resource else { return }
        for event in result.events ?? [] { apply(event, of: resource) }
        if result.fragment == true {
            incomplete.insert(identifier)
        } else {
            incomplete.remove(identifier)
            note(result, of: resource)
        }
    }

    /// From here on nothing is missing up to the newest event, or without events up to the answer's
    /// revision.
    private mutating func note(_ result: EtcdWatchMessage.Result, of resource: CalicoResource) {
        let events = result.events ?? []
        let newest = events.map { $0.pair.modified?.value ?? 0 }.max()
        let revision = newest ?? result.header?.revisionNumber ?? 0
        reading.position.known[resource] = max(
            reading.position.known[resource] ?? 0, revision)
        reading.position.revision = max(reading.position.revision, revision)
    }

    private mutating func apply(_ event: EtcdWatchMessage.Event, of resource: CalicoResource) {
        let key = event.pair.keyText
        let isDeletion = event.type == "DELETE"
        if !isDeletion { reading.position.witness(event.pair) }
        guard let place = resource.place(of: key) else {
            if isDeletion {
                reading.strangers[resource]?.remove(key)
            } else {
                reading.strangers[resource, default: []].insert(key)
            }
            return
        }
        if isDeletion {
            reading.store.remove(place)
        } else {
            reading.store.put(Array(event.pair.value ?? Data()), of: resource, at: place)
        }
    }

    private func cancellation(
        of resource: CalicoResource?, _ result: EtcdWatchMessage.Result
    ) -> EtcdError {
        let operation = "watching \(resource?.plural ?? "all")"
        if let compacted = result.compactRevision?.value, compacted > 0 {
            return EtcdError(
                .compacted, endpoint: endpoint, operation, "compacted up to \(compacted)")
        }
        let error = EtcdError(
            endpoint: endpoint, operation,
            message: result.cancelReason ?? "the server ended the watch", code: nil, status: nil)
        return error.kind == .denied ? resource?.denied(error) ?? error : error
    }

    /// What has changed since it was last asked.
    mutating func settle(isComplete: Bool, problems: [SourceProblem]) -> SourceUpdate? {
        reading.store.settle(isComplete: isComplete, problems: problems)
    }

    /// Takes note of an answer that a majority has agreed to; false if the cluster is no longer the
    /// same.
    mutating func advance(to header: EtcdHeader) -> Bool {
        guard let advanced = reading.position.advanced(to: header) else { return false }
        reading.position = advanced
        return true
    }

    /// Of a kind nothing is missing up to this revision.
    mutating func isKnown(upTo revision: Int64, of resource: CalicoResource) {
        reading.position.known[resource] = max(reading.position.known[resource] ?? 0, revision)
    }

    /// How many keys of a kind are known.
    func count(of resource: CalicoResource) -> Int {
        reading.store.count(of: resource.plural) + (reading.strangers[resource]?.count ?? 0)
    }
}
