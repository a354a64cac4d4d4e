// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

@testable import ClusterServers

/// What the agent lists and watches of an API server: the plurals of each group.
enum WatchedResources {
    static let groups: [String: Set<String>] = KubernetesResource.all.reduce(into: [:]) {
        groups, resource in
        for group in resource.groups { groups[group.name, default: []].insert(resource.plural) }
    }
}
