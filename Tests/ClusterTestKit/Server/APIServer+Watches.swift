// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NIOCore

/// Watches.
extension APIServer {
    /// What a request for a watch asks for.
    private struct WatchRequest {
        var revision: UInt64?
        var allowsBookmarks: Bool
        /// Nil if nothing is said of streaming.
        var sendsInitialEvents: Bool?
        var seconds: Int64

        init(_ query: [String: String]) throws(APIStatus) {
            revision = try ListRequest.revision(query["resourceVersion"] ?? "")
            allowsBookmarks = ["1", "true"].contains(query["allowWatchBookmarks"] ?? "")
            sendsInitialEvents = query["sendInitialEvents"].map { ["1", "true"].contains($0) }
            // The real server ends watches after half an hour to an hour.
            seconds = query["timeoutSeconds"].flatMap { Int64($0) } ?? 2_700
        }
    }

    func watch(
        _ request: APIRequest, _ resource: APIResource, _ exchange: Exchange
    ) throws(APIStatus) {
        var asked = try WatchRequest(request.query)
        let selection = try selection(request, resource)
        try check(request.query, &asked)
        let behaviour = behaviour
        let opened = cluster.withLock { cluster -> Result<WatchStream, APIStatus> in
            let compacted = cluster.collections[resource.name]?.compacted ?? 0
            let isState = asked.sendsInitialEvents ?? ((asked.revision ?? 0) == 0)
            let isNow = isState || (asked.revision ?? 0) == 0
            let start = isNow ? cluster.revision : asked.revision ?? 0
            let watch = WatchStream(
                of: resource, selection, after: start, allowsBookmarks: asked.allowsBookmarks,
                on: exchange)
            if start < compacted {
                let status = APIStatus.watchTooOld(start, oldest: compacted)
                if behaviour.refusesOldWatches { return .failure(status) }
                exchange.begin(200)
                watch.fail(status)
                return .success(watch)
            }
            exchange.begin(200)
            if isState {
                for object in cluster.all(of: resource) where selection.includes(object) {
                    watch.send(ObjectEvent.line("ADDED", object.text(of: resource)))
                }
            }
            if asked.sendsInitialEvents == true, asked.allowsBookmarks {
                watch.send(
                    ObjectEvent.bookmark(of: resource, at: start, endsInitialEvents: true))
            }
            for event in cluster.collections[resource.name]?.events(after: start) ?? [] {
                watch.tell(event)
            }
            cluster.add(watch)
            return .success(watch)
        }
        keep(try opened.get(), for: asked.seconds, behaviour.bookmarkInterval)
    }

    /// Refuses what the real server refuses, and what this one is told to.
    private func check(
        _ query: [String: String], _ asked: inout WatchRequest
    ) throws(APIStatus) {
        guard asked.sendsInitialEvents != nil else {
            if query["resourceVersionMatch"]?.isEmpty == false {
                throw .invalidOptions(
                    "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch "
                        + "unless sendInitialEvents is provided")
            }
            return
        }
        switch behaviour.streamingLists {
        case .served: break
        case .unknown:
            asked.sendsInitialEvents = nil
            return
        case .gated:
            throw .invalidOptions(
                "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the "
                    + "WatchList feature gate is enabled")
        case .refused: throw .badRequest("sendInitialEvents is not supported by this server")
        case .progressDisabled:
            throw APIStatus(
                code: 500, reason: "InternalError",
                message: "Internal error occurred: RequestWatchProgress is disabled",
                details: .members(
                    (
                        "causes",
                        .list([.members(("message", "RequestWatchProgress is disabled"))])
                    )))
        }
        guard query["resourceVersionMatch"] == "NotOlderThan" else {
            throw .invalidOptions(
                "resourceVersionMatch: Forbidden: sendInitialEvents requires setting "
                    + "resourceVersionMatch to NotOlderThan")
        }
    }

    /// Ends a watch in time, and tells it meanwhile how far it has come.
    private func keep(_ watch: WatchStream, for seconds: Int64, _ interval: Int?) {
        let channel = watch.exchange.channel
        let ending = channel.eventLoop.scheduleTask(in: .seconds(seconds)) {
            self.cluster.withLock { $0.remove(watch) }
            watch.end()
        }
        var bookmarks: RepeatedTask?
        if let interval, watch.allowsBookmarks {
            bookmarks = channel.eventLoop.scheduleRepeatedTask(
                initialDelay: .milliseconds(Int64(interval)), delay: .milliseconds(Int64(interval))
            ) { _ in self.bookmark(watch) }
        }
        let repeated = bookmarks
        channel.closeFuture.whenComplete { _ in
            ending.cancel()
            repeated?.cancel()
            // Later, as whoever notices the end may hold the lock of an exchange.
            channel.eventLoop.execute { self.cluster.withLock { $0.remove(watch) } }
        }
    }

    private func bookmark(_ watch: WatchStream) {
        cluster.withLock { cluster in
            guard
                cluster.collections[watch.resource.name]?.watches[ObjectIdentifier(watch)] != nil
            else { return }
            watch.send(ObjectEvent.bookmark(of: watch.resource, at: cluster.revision))
        }
    }

    // MARK: For tests

    /// Has something happen to the open watches of a resource, or of all.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func disturb(_ disturbance: WatchDisturbance, _ resource: String? = nil) -> Int {
        cluster.withLock { cluster in
            let watches = cluster.watches(of: resource)
            for watch in watches {
                switch disturbance {
                case .end: watch.end()
                case .close: watch.close()
                case .cut:
                    let line = ObjectEvent.bookmark(of: watch.resource, at: cluster.revision)
                    watch.close(within: line)
                case .freeze: watch.exchange.freeze()
                case .expire:
                    watch.fail(.watchTooOld(cluster.revision, oldest: cluster.revision + 1))
                case .send(let line): watch.send(line + "\n")
                case .replay(let count):
                    let last = cluster.collections[watch.resource.name]?.lastEvents(count)
                    for event in last ?? [] { watch.repeat(event) }
                }
                if disturbance.endsWatches { cluster.remove(watch) }
            }
            return watches.count
        }
    }

    /// How many watches of a resource are open, or of all.
    public func watchCount(_ resource: String? = nil) -> Int {
        cluster.withLock { $0.watches(of: resource).count }
    }

    /// Waits until so many watches are open.
    ///
    /// - Returns: false if there are fewer at last.
    public func awaitWatches(
        _ count: Int, _ resource: String? = nil, within patience: Duration = .seconds(10)
    ) async throws -> Bool {
        let deadline = ContinuousClock.now + patience
        while watchCount(resource) < count {
            if ContinuousClock.now > deadline { return false }
            try await Task.sleep(for: .milliseconds(2))
        }
        return true
    }
}
