// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources

/// Reads a list page by page, and hands its objects on as they come, so that no page is in memory.
actor ListReader {
    /// A list that began in another version than it ends; it is read again from its beginning.
    private struct Inconsistent: Error {}

    /// After so many lists that the server could not go on with, it is asked for all at once.
    private static let maximumRestarts = 2

    private let resource: KubernetesResource
    private let served: KubernetesResource.Version
    private let client: KubernetesClient
    private let cluster: FollowedCluster
    private let settings: FollowSettings
    private var items: ListItems

    init(
        _ resource: KubernetesResource, in served: KubernetesResource.Version,
        _ client: KubernetesClient, _ cluster: FollowedCluster, _ settings: FollowSettings
    ) {
        self.resource = resource
        self.served = served
        self.client = client
        self.cluster = cluster
        self.settings = settings
        items = ListItems(of: resource)
    }

    /// Reads the list to its end.
    ///
    /// - Returns: the version of the cluster that it shows, from which a watch goes on.
    func read() async throws(KubernetesError) -> String {
        var restarts = 0
        while true {
            do {
                let isPaged = restarts <= Self.maximumRestarts
                return try await readPages(limit: isPaged ? settings.pageSize : nil)
            } catch is Inconsistent {
                restarts += 1
            } catch let error as KubernetesError {
                guard error.reason == .expired, restarts <= Self.maximumRestarts else {
                    throw error
                }
                restarts += 1
            } catch {
                throw KubernetesError(.malformed, call(next: nil, nil).description, "\(error)")
            }
        }
    }

    private func readPages(limit: Int?) async throws -> String {
        await cluster.beginList(of: resource)
        var version: String?
        var next: String?
        repeat {
            let page = try await readPage(call(next: next, limit))
            // Without it a deletion between the pages would never be heard of.
            if let version, version != page.version { throw Inconsistent() }
            version = page.version
            next = page.next
        } while next != nil
        await cluster.endList(of: resource)
        return version ?? ""
    }

    private func readPage(_ call: APICall) async throws(KubernetesError) -> ListPage {
        items = ListItems(of: resource)
        let body = try await client.open(call)
        try await body.forEachPiece(silence: SilenceLimit(settings.listSilence)) { piece in
            try await self.take(piece, call)
            return true
        }
        guard items.isEnded else {
            throw KubernetesError(.unreachable, call.description, "the list breaks off")
        }
        guard let page = ListPage(items.rest) else {
            throw KubernetesError(.malformed, call.description, "the answer is no list")
        }
        return page
    }

    private func take(_ piece: [UInt8], _ call: APICall) async throws {
        let changes: [ObjectChange]
        do {
            changes = try items.take(piece).map(ObjectChange.put)
        } catch {
            let cause =
                switch error {
                case .endless: "an object does not end"
                case .nameless: "an object does not say what it is called"
                }
            throw KubernetesError(.malformed, call.description, cause)
        }
        await cluster.take(changes, of: resource, in: served, isWatch: false)
    }

    private func call(next: String?, _ limit: Int?) -> APICall {
        var call = APICall(
            verb: "list", path: "\(served.path)/\(resource.plural)", group: served.group,
            resource: resource.plural)
        if let limit { call.query.append(.init(name: "limit", value: "\(limit)")) }
        if let next { call.query.append(.init(name: "continue", value: next)) }
        return call
    }
}
