// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// A world as the objects from which it would come in a cluster, each in one of the spellings that its API
/// knows.
///
/// What is printed follows the documentation of the APIs and knows nothing of our decoder, so that
/// reading it gives a world of the same meaning, or something is wrong with one of the two.
/// Worlds of the style ``WorldGenerator/Style/calico`` can be printed.
public struct WorldManifests {
    /// How Calico's objects are written.
    public enum Form: Sendable, CaseIterable {
        /// `projectcalico.org/v3`, as `calicoctl` prints them.
        case printed
        /// `crd.projectcalico.org/v1`, as the cluster stores them.
        case stored
    }

    private var objects: [ManifestValue] = []
    private var random: SeededGenerator

    /// The objects of a world, in any order.
    ///
    /// - Parameters:
    ///   - seed: determines the spellings.
    ///   - form: how Calico's objects are written.
    public init(_ state: ClusterState, seed: UInt64, form: Form = .printed) {
        var random = SeededGenerator(seed: seed)
        var spelling = ManifestSpelling(random: random.fork(), form: form)
        objects += state.namespaces.map { spelling.namespace($0) }
        objects += state.nodes.map { spelling.node($0) }
        objects += state.serviceAccounts.map { spelling.serviceAccount($0) }
        objects += state.endpoints.flatMap { spelling.endpoint($0) }
        objects += state.serviceSlices.map { spelling.slice($0) }
        objects += state.tiers.compactMap { spelling.tier($0) }
        objects += state.networkSets.map { spelling.networkSet($0) }
        objects += state.profiles.map { spelling.profile($0) }
        objects += state.policies.map { spelling.policy($0) }
        objects += state.stagedPolicies.map { spelling.stagedPolicy($0) }
        objects += state.configurations.map { spelling.configuration($0) }
        objects = random.shuffled(objects)
        self.random = random
    }

    /// How many objects there are.
    public var count: Int { objects.count }

    /// A stream of documents.
    public var yaml: String {
        var writer = YAMLSpelling(random: random)
        return objects.map { writer.document($0) }.joined()
    }

    /// One list of all objects, as `kubectl get -o json` prints it.
    public var json: String {
        let list: ManifestValue = [
            "apiVersion": "v1", "kind": "List", "items": .list(objects),
        ]
        return list.json + "\n"
    }
}
