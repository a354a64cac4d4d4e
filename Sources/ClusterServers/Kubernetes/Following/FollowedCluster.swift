// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import Foundation
import Logging
import PolicyModel

/// What is known of a cluster, from all who follow its kinds.
///
/// What has arrived together is told together: an update is made when nobody is waiting to add to it.
actor FollowedCluster {
    /// How long failures are gathered before they are told.
    private static let gathering = Duration.milliseconds(250)

    private let server: String
    private let logger: Logger
    private let settings: FollowSettings
    private let tell: @Sendable (SourceUpdate) -> Void
    private var store = ObjectStore()
    private var kinds: [String: FollowedKind]
    private var isComplete = false
    private var isSettling = false
    private var isGathering = false
    private var isMissingNews = true
    /// What has been said of kinds that are missing, by group.
    private var missing: [String: String] = [:]
    /// Everything that was wrong, and every warning; for whoever reads once.
    private(set) var problems: [SourceProblem] = []
    private(set) var warnings: [SourceProblem] = []
    private(set) var objectCount: [String: Int] = [:]

    init(
        _ resources: [KubernetesResource], server: String, _ settings: FollowSettings,
        _ logger: Logger, tell: @escaping @Sendable (SourceUpdate) -> Void
    ) {
        kinds = Dictionary(
            uniqueKeysWithValues: resources.map { ($0.place, FollowedKind(resource: $0)) })
        self.server = server
        self.settings = settings
        self.logger = logger
        self.tell = tell
    }

    /// All objects, every list in order of name.
    var state: ClusterState { store.state }

    /// When the server last said anything about each kind, in order of name.
    var contacts: [KindContact] {
        let now = ContinuousClock.now
        return kinds.sorted { $0.key < $1.key }.map { place, kind in
            KindContact(
                resource: place, age: kind.lastContact.map { now - $0 },
                isListed: kind.isSettled, isMissing: kind.isMissing,
                objectCount: store.count(of: place), problem: kind.trouble?.error.cause,
                tolerance: settings.silence + settings.patience)
        }
    }

    // MARK: News

    /// The server has said something about a kind, and perhaps what has become of objects.
    ///
    /// - Parameter isWatch: whether it said so in a watch. A list may fail yet.
    func take(
        _ changes: [ObjectChange], of resource: KubernetesResource,
        in served: KubernetesResource.Version, isWatch: Bool
    ) {
        kinds[resource.place]?.lastContact = .now
        if isWatch { heal(resource) }
        guard !changes.isEmpty else { return }
        let type = resource.type(in: served)
        for change in changes {
            switch change {
            case .put(let object):
                store.put(object.json, as: type, at: object.place(in: resource.place))
            case .remove(let object): store.remove(object.place(in: resource.place))
            }
        }
        // Nobody can do anything with half a cluster.
        if isComplete { settleSoon() }
    }

    /// The server begins to tell everything there is of a kind.
    func beginList(of resource: KubernetesResource) { store.beginList(of: resource.place) }

    /// The server has told everything there is of a kind.
    func endList(of resource: KubernetesResource) {
        heal(resource)
        store.endList(of: resource.place)
        if kinds[resource.place]?.isMissing == true {
            logger.info("now served", metadata: ["kind": "\(resource.place)"])
        }
        if kinds[resource.place]?.isSettled != true || kinds[resource.place]?.isMissing == true {
            isMissingNews = true
        }
        kinds[resource.place]?.isSettled = true
        kinds[resource.place]?.isMissing = false
        kinds[resource.place]?.isGroupServed = true
        settleSoon()
    }

    /// The server does not serve a kind.
    func miss(_ resource: KubernetesResource, isGroupServed: Bool) {
        heal(resource)
        store.removeAll(of: resource.place)
        isMissingNews = true
        kinds[resource.place]?.isSettled = true
        kinds[resource.place]?.isMissing = true
        kinds[resource.place]?.isGroupServed = isGroupServed
        settleSoon()
    }

    /// A kind cannot be followed at the moment.
    func fail(_ resource: KubernetesResource, _ error: KubernetesError, failures: Int) {
        let since = kinds[resource.place]?.failure?.since ?? Date()
        kinds[resource.place]?.failure = FollowedKind.Failure(
            error: error, since: since, count: failures)
        gather()
    }

    /// Makes an update when others have had time to fail for the same cause: a server that goes away is one
    /// problem of all kinds, and not another one with each.
    private func gather() {
        guard !isGathering else { return }
        isGathering = true
        Task {
            try? await Task.sleep(for: Self.gathering)
            self.isGathering = false
            self.settleSoon()
        }
    }

    /// The kind is followed as it should be.
    private func heal(_ resource: KubernetesResource) {
        kinds[resource.place]?.lastContact = .now
        guard let failure = kinds[resource.place]?.trouble else {
            kinds[resource.place]?.failure = nil
            return
        }
        kinds[resource.place]?.failure = nil
        logger.info(
            "followed again",
            metadata: ["kind": "\(resource.place)", "after": "\(failure.error.cause)"])
        settleSoon()
    }

    // MARK: Updates

    /// Makes an update when everybody who is waiting has had a turn.
    private func settleSoon() {
        guard !isSettling else { return }
        isSettling = true
        Task { self.settle() }
    }

    /// Makes an update of all that is new, and tells it.
    func settle() {
        isSettling = false
        if !isComplete, kinds.values.allSatisfy(\.isSettled) { isComplete = true }
        if isComplete, isMissingNews {
            isMissingNews = false
            noteMissing()
        }
        let troubles = FollowTroubles(
            kinds: kinds.values.sorted { $0.resource.place < $1.resource.place }, server: server,
            longestWait: settings.longestWait)
        guard let update = store.settle(isComplete: isComplete, problems: troubles.problems)
        else { return }
        problems = update.problems
        objectCount = update.objectCount
        warnings += update.warnings
        tell(update)
    }

    /// Says once of each group what of it is not there.
    private func noteMissing() {
        let absences = MissingKinds.groups(of: kinds.values.map { $0 })
        for absence in absences where missing[absence.group] != absence.text {
            if absence.isWarning {
                store.warn(SourceProblem(path: absence.group, text: absence.text))
            } else {
                logger.info("\(absence.text)")
            }
        }
        missing = Dictionary(uniqueKeysWithValues: absences.map { ($0.group, $0.text) })
    }
}
