// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments
import PolicyModel

/// What one file defines, by name.
struct FileObjects {
    typealias Objects<Value: ClusterObject> = [Value.ID: Located<Value>]

    var namespaces: Objects<Namespace> = [:]
    var nodes: Objects<Node> = [:]
    var endpoints: Objects<Endpoint> = [:]
    var workloadEndpoints: Objects<WorkloadEndpoint> = [:]
    var tiers: Objects<Tier> = [:]
    var policies: Objects<Policy> = [:]
    var stagedPolicies: Objects<StagedPolicy> = [:]
    var profiles: Objects<Profile> = [:]
    var serviceAccounts: Objects<ServiceAccount> = [:]
    var networkSets: Objects<NetworkSet> = [:]
    var serviceSlices: Objects<ServiceSlice> = [:]
    var configurations: Objects<NodeConfiguration> = [:]

    /// Decodes a file, and finds what is wrong with it by itself: a file without any document is
    /// an error here.
    ///
    /// - Parameter isKnown: Whether the file has been good before.
    static func decode(
        _ source: Source, _ decoder: DocumentDecoder, isKnown: Bool
    ) -> (objects: FileObjects, diagnostics: [Diagnostic]) {
        let documents = decoder.decode([source])
        guard documents.emptySources.isEmpty else {
            return (FileObjects(), [emptiness(of: source.name, isKnown: isKnown)])
        }
        var diagnostics = documents.diagnostics
        let objects = FileObjects(
            namespaces: ObjectIndex.unique(documents.namespaces, &diagnostics),
            nodes: ObjectIndex.unique(documents.nodes, &diagnostics),
            endpoints: ObjectIndex.unique(documents.endpoints, &diagnostics),
            workloadEndpoints: ObjectIndex.unique(documents.workloadEndpoints, &diagnostics),
            tiers: ObjectIndex.unique(documents.tiers, &diagnostics),
            policies: ObjectIndex.unique(documents.policies, &diagnostics),
            stagedPolicies: ObjectIndex.unique(documents.stagedPolicies, &diagnostics),
            profiles: ObjectIndex.unique(documents.profiles, &diagnostics),
            serviceAccounts: ObjectIndex.unique(documents.serviceAccounts, &diagnostics),
            networkSets: ObjectIndex.unique(documents.networkSets, &diagnostics),
            serviceSlices: ObjectIndex.unique(documents.serviceSlices, &diagnostics),
            configurations: ObjectIndex.unique(documents.configurations, &diagnostics))
        return (objects, diagnostics)
    }

    private static func emptiness(of file: String, isKnown: Bool) -> Diagnostic {
        let origin = Origin(source: file, document: 1, line: 1)
        if isKnown {
            return Diagnostic(
                .error, at: origin, message: "is empty now; its last content stays in force",
                remedy: "delete the file to remove its objects")
        }
        return Diagnostic(
            .error, at: origin, message: "is empty",
            remedy: "write its objects into it, or delete it")
    }
}
