// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources

/// Reads one watch, and hands on what it tells as it comes.
///
/// Of a watch that begins with a list (`sendInitialEvents`) the objects are handed on at once; those
/// that are not in it go when the list ends, never before.
actor WatchReader {
    private let resource: KubernetesResource
    private let served: KubernetesResource.Version
    private let client: KubernetesClient
    private let cluster: FollowedCluster
    private let settings: FollowSettings
    private let silence: SilenceLimit
    private var splitter = JSONValueSplitter()
    /// Whether the watch begins with a list that has not ended.
    private var isInList: Bool
    /// From where the next watch goes on; nil as long as the list at the beginning has not ended.
    private(set) var version: String?
    /// Whether the server has told anything.
    private(set) var hasTold = false

    /// - Parameter version: from where to go on; nil to begin with a list.
    init(
        _ resource: KubernetesResource, in served: KubernetesResource.Version,
        from version: String?, _ client: KubernetesClient, _ cluster: FollowedCluster,
        _ settings: FollowSettings
    ) {
        self.resource = resource
        self.served = served
        self.version = version
        self.client = client
        self.cluster = cluster
        self.settings = settings
        isInList = version == nil
        silence = SilenceLimit(version == nil ? settings.streamSilence : settings.silence)
    }

    /// Reads until the server ends the watch.
    func read() async throws(KubernetesError) {
        let call = self.call
        let body = try await client.open(call)
        if isInList { await cluster.beginList(of: resource) }
        await hand(on: [])
        try await body.forEachPiece(silence: silence) { piece in
            try await self.take(piece, call)
            return true
        }
        if splitter.isInside {
            throw KubernetesError(.unreachable, call.description, "an event breaks off")
        }
        if isInList {
            throw KubernetesError(
                .unreachable, call.description, "the watch ends before its list does")
        }
    }

    private var call: APICall {
        var call = APICall(
            verb: "watch", path: "\(served.path)/\(resource.plural)", group: served.group,
            resource: resource.plural)
        call.query = [.init(name: "watch", value: "true")]
        if let version {
            call.query.append(.init(name: "resourceVersion", value: version))
        } else {
            call.query.append(.init(name: "sendInitialEvents", value: "true"))
            call.query.append(.init(name: "resourceVersionMatch", value: "NotOlderThan"))
        }
        call.query.append(.init(name: "allowWatchBookmarks", value: "true"))
        let seconds = Int.random(in: settings.watchSeconds)
        call.query.append(.init(name: "timeoutSeconds", value: "\(seconds)"))
        return call
    }

    private func take(_ piece: [UInt8], _ call: APICall) async throws {
        let events = try events(in: piece, call)
        var changes: [ObjectChange] = []
        changes.reserveCapacity(events.count)
        for json in events {
            guard let event = WatchEvent(json, resource.shape) else {
                await hand(on: changes)
                throw KubernetesError(
                    .malformed, call.description,
                    "what comes is no event: \(Self.beginning(of: json))")
            }
            switch event {
            case .put(let object):
                changes.append(.put(object))
                advance(to: object.version)
            case .removed(let object):
                changes.append(.remove(object))
                advance(to: object.version)
            case .bookmark(let version, let endsList):
                if endsList, isInList {
                    await hand(on: changes)
                    changes = []
                    await cluster.endList(of: resource)
                    isInList = false
                    silence.limit = settings.silence
                }
                advance(to: version)
            case .failure(let status):
                await hand(on: changes)
                throw status.error(of: call)
            }
            hasTold = true
        }
        await hand(on: changes)
    }

    /// The events that end in a piece. Each is a line: what goes on behind the end of its line would
    /// swallow all that come after it.
    private func events(
        in piece: [UInt8], _ call: APICall
    ) throws(KubernetesError) -> [[UInt8]] {
        var events: [[UInt8]] = []
        var rest = piece[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n"))
            let line = rest[..<(end.map { $0 + 1 } ?? rest.endIndex)]
            rest = rest[line.endIndex...]
            guard let complete = splitter.take(line), end == nil || !splitter.isInside else {
                throw KubernetesError(.malformed, call.description, "an event does not end")
            }
            events += complete
        }
        return events
    }

    private func hand(on changes: [ObjectChange]) async {
        await cluster.take(changes, of: resource, in: served, isWatch: !isInList)
    }

    private func advance(to next: String?) {
        guard !isInList, let next, !next.isEmpty else { return }
        // Where versions are numbers, as they are but for servers that join several stores, an event
        // that comes a second time does not lead back.
        if let old = version.flatMap(UInt64.init), let new = UInt64(next), new < old { return }
        version = next
    }

    private static func beginning(of json: [UInt8]) -> String {
        String(decoding: json.prefix(100), as: UTF8.self)
    }
}
