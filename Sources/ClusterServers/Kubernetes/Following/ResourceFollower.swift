// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Follows all objects of one kind, for ever: lists them, watches them, and begins again where that
/// breaks off. What was known stays known until the server says otherwise.
actor ResourceFollower {
    /// A watch that lasts so long is a success, even if nothing has happened.
    private static let successAfter = Duration.seconds(5)
    /// After so many failures in a row of lists as part of a watch, the usual way is tried.
    private static let maximumStreamFailures = 2

    private let resource: KubernetesResource
    private let client: KubernetesClient
    private let discovery: APIDiscovery
    private let cluster: FollowedCluster
    private let streams: StreamedLists
    private let settings: FollowSettings
    private var backoff: Backoff
    private var random = SystemRandomNumberGenerator()
    /// Where the kind is served, once that is known.
    private var served: KubernetesResource.Version?
    /// From where to go on watching; nil if there must be a list first.
    private var version: String?
    private var streamFailures = 0

    init(
        _ resource: KubernetesResource, _ client: KubernetesClient, _ discovery: APIDiscovery,
        _ cluster: FollowedCluster, _ streams: StreamedLists, _ settings: FollowSettings
    ) {
        self.resource = resource
        self.client = client
        self.discovery = discovery
        self.cluster = cluster
        self.streams = streams
        self.settings = settings
        backoff = Backoff(shortest: settings.shortestWait, longest: settings.longestWait)
    }

    /// Follows until it is cancelled.
    func run() async {
        while !Task.isCancelled {
            do throws(KubernetesError) {
                try await step()
            } catch {
                if Task.isCancelled { return }
                await recover(from: error)
            }
        }
    }

    private func step() async throws(KubernetesError) {
        guard let served = try await find(notOlderThan: settings.discovery * 0.9) else {
            await cluster.miss(
                resource, isGroupServed: await discovery.isGroupServed(of: resource))
            // Not all at the same moment, and not all nodes either.
            let wait = settings.discovery * Double.random(in: 0.9...1.1, using: &random)
            try? await Task.sleep(for: wait)
            return
        }
        if version != nil || streams.areServed && streamFailures < Self.maximumStreamFailures {
            try await watch(served)
        } else {
            let reader = ListReader(resource, in: served, client, cluster, settings)
            version = try await reader.read()
            streamFailures = 0
        }
    }

    private func find(
        notOlderThan age: Duration
    ) async throws(KubernetesError) -> KubernetesResource.Version? {
        if let served { return served }
        do {
            served = try await discovery.version(of: resource, notOlderThan: age)
        } catch let error as KubernetesError {
            throw error
        } catch {
            throw KubernetesError(.unreachable, "look for \(resource.place)", "\(error)")
        }
        return served
    }

    private func watch(_ served: KubernetesResource.Version) async throws(KubernetesError) {
        let began = ContinuousClock.now
        let reader = WatchReader(
            resource, in: served, from: version, client, cluster, settings)
        let isStream = version == nil
        do throws(KubernetesError) {
            try await reader.read()
        } catch {
            version = await reader.version
            if isStream, version == nil {
                if shunStreams(after: error) { return }
            } else {
                streamFailures = 0
            }
            if await reader.hasTold || ContinuousClock.now - began >= Self.successAfter {
                backoff.reset()
            }
            throw error
        }
        version = await reader.version
        streamFailures = 0
        if await reader.hasTold || ContinuousClock.now - began >= Self.successAfter {
            backoff.reset()
        } else {
            // A server that ends watches as soon as they begin is not asked without a pause.
            try? await Task.sleep(for: backoff.fail(using: &random))
        }
    }

    /// Takes note of a list as part of a watch that has failed.
    ///
    /// - Returns: whether the usual way is to be tried at once.
    private func shunStreams(after error: KubernetesError) -> Bool {
        switch error.reason {
        case .invalid, .silent, .failure(status: 500), .failure(status: 501),
            .failure(status: 405):
            streams.refuse(error)
            return true
        case .unreachable, .malformed, .failure, .expired: streamFailures += 1
        default: break
        }
        return false
    }

    /// Decides what a failure means for what is known, and waits.
    private func recover(from error: KubernetesError) async {
        switch error.reason {
        case .expired, .malformed, .invalid: version = nil
        case .absent:
            version = nil
            // The objects go only when the server says that it does not know their kind any more;
            // the next step finds that out.
            if served != nil, await isGone() { return }
        default: break
        }
        let wait = backoff.fail(pause: error.pause, using: &random)
        // What is put right by the next attempt is nothing to speak of.
        if error.reason != .expired || backoff.failures > 1 {
            await cluster.fail(resource, error, failures: backoff.failures)
        }
        try? await Task.sleep(for: wait)
    }

    /// Whether the server does not serve the kind any more, which it is asked anew.
    private func isGone() async -> Bool {
        served = nil
        do throws(KubernetesError) {
            return try await find(notOlderThan: .zero) == nil
        } catch {
            return false
        }
    }
}
