// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import AsyncHTTPClient
import ClusterSources
import Foundation
import NIOCore

/// Reads a cluster, watches it from there on, and starts over where that ends, until it is cancelled.
actor EtcdFollower {
    private let client: EtcdClient
    private let timing: EtcdTiming
    private let yield: @Sendable (SourceUpdate) -> Void
    /// What is known, and the watch by which it becomes more; nil before the first reading.
    private var events: EtcdEvents?
    /// For what must be told before anything has been read.
    private var empty = ObjectStore()
    private var isComplete = false
    private var outage = EtcdOutage()
    private var backoff = Backoff()
    /// Failures since a watch last worked.
    private var attempts = 0
    /// When something last came in the stream of each watch.
    private var heard: [ContinuousClock.Instant] = []
    private var established: ContinuousClock.Instant?
    private var heardOf = EtcdContacts()

    init(
        _ client: EtcdClient, _ timing: EtcdTiming,
        yield: @escaping @Sendable (SourceUpdate) -> Void
    ) {
        self.client = client
        self.timing = timing
        self.yield = yield
    }

    /// When each kind was last heard of, in order of name.
    var contacts: [KindContact] {
        heardOf.all(
            of: events?.reading, outage: isOutageTold ? outage.cause : nil, timing)
    }

    /// A short interruption is nobody's concern; one that outlasts the first wait is.
    private var isOutageTold: Bool { backoff.failures > 1 || events == nil }

    /// Follows the cluster until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            established = nil
            do {
                try await session()
            } catch {
                if Task.isCancelled { break }
                await recover(from: error)
            }
        }
        await client.close()
    }

    /// Reads or takes up where it was, and watches. Ends by an error alone.
    private func session() async throws {
        try await client.refresh()
        if try await !resumes() { try await readAll() }
        try await watch()
    }

    /// Whether it is the cluster that was read, so that it can be watched from there on.
    private func resumes() async throws -> Bool {
        guard let events, !events.resources.isEmpty, let witness = events.reading.position.witness
        else { return false }
        var question = EtcdRangeRequest(key: witness.key)
        do {
            var answer = try await ask(question, "asking for the revision")
            guard self.events?.advance(to: answer.header) == true else { return false }
            if answer.pairs?.first.map(EtcdWitness.init) == witness { return true }
            // It has been written or deleted since.
            question.revision = witness.modified
            answer = try await ask(question, "asking for a former value")
            return answer.pairs?.first.map(EtcdWitness.init) == witness
        } catch let error as EtcdError where [.denied, .compacted].contains(error.kind) {
            return false
        }
    }

    private func ask(
        _ question: EtcdRangeRequest, _ operation: String
    ) async throws -> EtcdRangeAnswer {
        try await client.answer(to: "/v3/kv/range", question, operation, as: EtcdRangeAnswer.self)
    }

    private func readAll() async throws {
        let reading = try await EtcdReading.everything(
            from: client, into: events?.reading.store ?? empty, timing)
        events = EtcdEvents(behind: reading, at: await client.endpoint)
        heardOf.list(reading.position.known.keys)
        if reading.denied.isEmpty { isComplete = true }
        outage.end()
        settle()
    }

    private func settle() {
        let denied = (events?.reading.denied.values ?? [:].values).map {
            SourceProblem(path: $0.endpoint ?? "etcd", text: $0.description)
        }
        let problems = outage.problems(isKnown: isComplete) + denied
        let update =
            events == nil
            ? empty.settle(isComplete: false, problems: problems)
            : events?.settle(isComplete: isComplete, problems: problems)
        if let update { yield(update) }
    }

    /// Waits as the failures require, and lets another member have its turn.
    private func recover(from error: any Error) async {
        let endpoint = await client.endpoint
        let failure =
            error as? EtcdError ?? EtcdError(endpoint: endpoint, "following", "\(error)")
        if let established, ContinuousClock.now - established >= timing.stable {
            attempts = 0
            backoff.reset()
        }
        attempts += 1
        switch failure.kind {
        case .compacted, .replaced:
            // Everything is read anew, and what is known stays until that is done.
            if let reading = events?.reading { events = EtcdEvents(forgetting: reading) }
        case .permitted:
            if let reading = events?.reading { events = EtcdEvents(forgetting: reading) }
            return
        default:
            await client.advance()
            outage.note(failure, at: Date())
        }
        guard attempts > client.endpointCount || client.endpointCount == 1 else { return }
        // A short interruption is nobody's concern; one that outlasts the first wait is.
        if backoff.failures > 0 || events == nil { settle() }
        var random = SystemRandomNumberGenerator()
        try? await Task.sleep(for: backoff.fail(using: &random))
    }

    // MARK: The watch

    private func watch() async throws {
        guard let events else { return }
        self.events = EtcdEvents(behind: events.reading, at: await client.endpoint)
        let operation = "watching"
        let client = client
        let late = await client.silence(operation)
        // One stream for each: what stands behind the first question of an HTTP request may be dropped
        // when the server begins to answer it.
        var bodies: [HTTPClientResponse.Body] = []
        for question in self.events?.questions ?? [] {
            let bytes = try EtcdClient.encoded([question])
            bodies.append(
                try await within(timing.answer, orThrow: late) {
                    try await client.open("/v3/watch", bytes, operation)
                })
        }
        heard = Array(repeating: .now, count: bodies.count)
        let queue = PieceQueue()
        let endpoint = await client.endpoint
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, body) in bodies.enumerated() {
                group.addTask {
                    do {
                        try await queue.receive(body, number: number)
                    } catch {
                        if Task.isCancelled { throw CancellationError() }
                        throw ConnectionProblem.error(error, endpoint: endpoint, operation)
                    }
                }
            }
            let count = bodies.count
            group.addTask { try await self.consume(queue, of: count, endpoint) }
            group.addTask { try await self.probe() }
            while try await group.next() != nil {}
        }
    }

    private func consume(
        _ queue: PieceQueue, of count: Int, _ endpoint: String
    ) async throws {
        var splitters = Array(repeating: JSONValueSplitter(), count: count)
        for await _ in queue.signals {
            for piece in queue.take() {
                heard[piece.stream] = .now
                if let resource = events?.resources[piece.stream] { heardOf.hear([resource]) }
                let taken = splitters[piece.stream].take(Array(piece.bytes.readableBytesView))
                guard let messages = taken else {
                    throw EtcdError(endpoint: endpoint, "watching", "an event is larger than 64 MB")
                }
                for message in messages { try events?.take(message) }
            }
            if events?.isEstablished == true, established == nil {
                established = .now
                outage.end()
            }
            if events?.isWhole == true { settle() }
        }
        try Task.checkCancellation()
        throw EtcdError(
            endpoint: endpoint, "watching",
            splitters.contains { $0.isInside }
                ? "the stream broke off" : "the server ended the stream")
    }

    // MARK: Whether the server is still there

    /// Asks now and then, beside the watch; ends by an error alone.
    private func probe() async throws {
        var permissionAsked = ContinuousClock.now
        while true {
            try await Task.sleep(for: timing.probe)
            guard let resource = events?.resources.first else { continue }
            let head = try await head(resource)
            let endpoint = await client.endpoint
            guard events?.advance(to: head) == true else {
                throw EtcdError(
                    .replaced, endpoint: endpoint, "watching",
                    "the cluster was put back or replaced")
            }
            if established == nil, let last = heard.max(), .now - last > timing.answer {
                throw await client.silence("watching")
            }
            if established != nil { heardOf.hear(events?.resources ?? []) }
            if let denied = events?.reading.denied.keys.first,
                ContinuousClock.now - permissionAsked > timing.permission
            {
                permissionAsked = .now
                try await askPermission(for: denied)
            }
            try await audit(head, endpoint)
        }
    }

    /// The cluster's revision, which a majority agrees to.
    private func head(_ resource: CalicoResource) async throws -> EtcdHeader {
        var question = EtcdRangeRequest(
            from: Array(resource.prefix.utf8), to: resource.prefix + "\0")
        question.countOnly = true
        return try await ask(question, "asking for the revision").header
    }

    private func askPermission(for resource: CalicoResource) async throws {
        var question = EtcdRangeRequest(from: Array(resource.prefix.utf8), to: resource.end)
        question.countOnly = true
        do {
            _ = try await ask(question, "counting \(resource.plural)")
        } catch let error as EtcdError where error.kind == .denied {
            return
        }
        throw EtcdError(.permitted, "reading \(resource.plural)", "it may be read now")
    }

    /// Compares what is known with what the server has, of the kinds that have been silent for long: as
    /// many keys, and none that is newer than what is known.
    private func audit(_ head: EtcdHeader, _ endpoint: String) async throws {
        for (number, resource) in (events?.resources ?? []).enumerated() {
            let silentSince = heard[number]
            guard .now - silentSince > timing.audit else { continue }
            var question = EtcdRangeRequest(from: Array(resource.prefix.utf8), to: resource.end)
            question.keysOnly = true
            question.limit = 1
            question.order = "DESCEND"
            question.target = "MOD"
            question.revision = head.revisionNumber
            let answer = try await ask(question, "comparing \(resource.plural)")
            let newest = answer.pairs?.first?.modified?.value ?? 0
            guard silentSince == heard[number], let events else { continue }
            if newest > events.reading.position.known[resource] ?? 0
                || answer.count?.value ?? 0 != events.count(of: resource)
            {
                try await Task.sleep(for: timing.grace)
                guard silentSince == heard[number] else { continue }
                throw EtcdError(
                    endpoint: endpoint, "watching \(resource.plural)", "the watch has fallen silent"
                )
            }
            self.events?.isKnown(upTo: head.revisionNumber, of: resource)
            heard[number] = .now
        }
    }
}
