// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation

/// How far one has followed a cluster.
struct EtcdPosition: Hashable, Sendable {
    /// Which cluster it is.
    var cluster: Int64
    /// The highest term of a leader that was seen.
    var term: Int64
    /// The highest revision that was seen.
    var revision: Int64
    /// Up to which revision each kind is known.
    var known: [CalicoResource: Int64]
    /// The newest value that was seen, by which the cluster's history is known again.
    var witness: EtcdWitness?

    /// Takes note of an answer to a question that a majority of the members has agreed to.
    ///
    /// - Returns: Nil if the answer comes from another cluster, or from one that was put back to a former
    ///   state; else the position.
    func advanced(to header: EtcdHeader) -> EtcdPosition? {
        let (cluster, term) = (header.clusterIdentifier?.value ?? 0, header.term?.value ?? 0)
        guard cluster == self.cluster, term >= self.term, header.revisionNumber >= revision
        else { return nil }
        var advanced = self
        advanced.term = term
        advanced.revision = header.revisionNumber
        return advanced
    }
}

/// A key and the revisions at which it was made and last written.
///
/// A server that starts over from nothing has the same identifier as before, and soon as high a
/// revision; but hardly ever the same key written at the same revision.
struct EtcdWitness: Hashable, Sendable {
    var key: Data
    var created: Int64
    var modified: Int64

    init(_ pair: EtcdKeyValue) {
        key = pair.key
        created = pair.created?.value ?? 0
        modified = pair.modified?.value ?? 0
    }
}

extension EtcdPosition {
    /// Takes note of a value.
    mutating func witness(_ pair: EtcdKeyValue) {
        if (pair.modified?.value ?? 0) >= witness?.modified ?? 0 { witness = EtcdWitness(pair) }
    }
}

extension EtcdHeader {
    /// Zero if there is none.
    var revisionNumber: Int64 { revision?.value ?? 0 }
}

/// All of Calico's objects at one revision.
struct EtcdReading: Sendable {
    var store: ObjectStore
    var position: EtcdPosition
    /// The kinds that the user may not read, which stay as they were.
    var denied: [CalicoResource: EtcdError] = [:]
    /// Keys of each kind that stand for no object.
    var strangers: [CalicoResource: Set<String>] = [:]

    /// Reads everything.
    ///
    /// - Parameter store: what was known before; objects that are gone are forgotten.
    /// - Throws: ``EtcdError``; nothing is taken then.
    static func everything(
        from client: EtcdClient, into store: ObjectStore, _ timing: EtcdTiming
    ) async throws -> EtcdReading {
        var reading = EtcdReading(
            store: store, position: EtcdPosition(cluster: 0, term: 0, revision: 0, known: [:]))
        var pages = EtcdPages(client: client, timing: timing)
        for resource in CalicoResource.all {
            do {
                try await reading.read(resource, &pages)
            } catch let error as EtcdError where error.kind == .denied {
                reading.denied[resource] = resource.denied(error)
            }
        }
        guard let header = pages.header else {
            throw reading.denied[CalicoResource.all[0]] ?? pages.nothing
        }
        reading.position.cluster = header.clusterIdentifier?.value ?? 0
        reading.position.term = header.term?.value ?? 0
        reading.position.revision = header.revisionNumber
        return reading
    }

    private mutating func read(_ resource: CalicoResource, _ pages: inout EtcdPages) async throws {
        store.beginList(of: resource.plural)
        var unknown: Set<String> = []
        var next: [UInt8]? = Array(resource.prefix.utf8)
        while let key = next {
            let page = try await pages.page(of: resource, from: key)
            for pair in page.pairs ?? [] {
                position.witness(pair)
                if let place = resource.place(of: pair.keyText) {
                    store.put(Array(pair.value ?? Data()), of: resource, at: place)
                } else {
                    unknown.insert(pair.keyText)
                }
            }
            next = page.more == true ? (page.pairs?.last).map { Array($0.key) + [0] } : nil
        }
        store.endList(of: resource.plural)
        strangers[resource] = unknown
        position.known[resource] = pages.header?.revisionNumber
    }
}

extension CalicoResource {
    /// That the user may not read this kind, with what to do about it.
    func denied(_ error: EtcdError) -> EtcdError {
        var error = error
        error.remedy = "etcdctl role grant-permission ROLE --prefix=true read \(prefix)"
        return error
    }
}

/// Asks for values page by page, all at the revision of the first answer.
struct EtcdPages {
    let client: EtcdClient
    let timing: EtcdTiming
    /// Of the first answer.
    private(set) var header: EtcdHeader?
    private var size: Int

    init(client: EtcdClient, timing: EtcdTiming) {
        self.client = client
        self.timing = timing
        size = timing.pageSize
    }

    /// That no answer has come.
    var nothing: EtcdError { EtcdError(.failure, "reading", "nothing was answered") }

    /// The values of a kind from a key on.
    mutating func page(
        of resource: CalicoResource, from key: [UInt8]
    ) async throws -> EtcdRangeAnswer {
        while true {
            var question = EtcdRangeRequest(from: key, to: resource.end)
            question.limit = size
            question.revision = header?.revisionNumber
            do {
                let answer = try await client.answer(
                    to: "/v3/kv/range", question, "reading \(resource.plural)",
                    as: EtcdRangeAnswer.self)
                if header == nil { header = answer.header }
                return answer
            } catch let error as EtcdError where error.kind == .tooLarge && size > 1 {
                size = max(1, size / 4)
            }
        }
    }
}
