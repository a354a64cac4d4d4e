// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import ClusterSources
import PolicyAnalysis
import PolicyDocuments
import PolicyModel

/// Which manifests, or which cluster, a command reads.
struct ManifestOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("filename")],
        help: ArgumentHelp(
            "Manifests: a file, a directory (read recursively: .yaml, .yml, .json) or - for standard input. Repeatable.",
            valueName: "path"))
    var paths: [String] = []

    @OptionGroup var cluster: ClusterOptions

    @Option(
        name: [.customShort("n"), .long],
        help: "The namespace of objects that name none.")
    var namespace = "default"

    func validate() throws {
        guard paths.isEmpty == cluster.fromCluster else {
            throw ValidationError(
                paths.isEmpty
                    ? "Give manifests with -f PATH, or read a cluster with --from-cluster."
                    : "Give -f PATH or --from-cluster, not both.")
        }
        guard DocumentDecoder.isNamespaceName(namespace) else {
            throw ValidationError(
                """
                --namespace: this is no namespace's name: at most 63 lower-case letters, digits \
                and hyphens, with a letter or digit at both ends.
                """)
        }
    }

    /// Reads and decodes the cluster's state. Prints all warnings and errors of the input.
    ///
    /// - Throws: ``ExitStatus/error`` if there was any error.
    func state() throws -> ClusterState {
        try assembly(readsWorkloads: false).state
    }

    /// Reads the manifests for a command that asks what they mean, wherever their pods run: objects
    /// that make pods count too.
    ///
    /// - Throws: as ``state()`` does.
    func analysedCluster() throws -> AnalysedCluster {
        AnalysedCluster(try assembly())
    }

    /// Reads the cluster's objects, those that make pods too.
    ///
    /// - Throws: as ``state()`` does.
    func assembly() throws -> ClusterAssembly { try assembly(readsWorkloads: true) }

    private func assembly(readsWorkloads: Bool) throws -> ClusterAssembly {
        if cluster.fromCluster { return try cluster.assembly() }
        return try ManifestReading(paths, namespace: namespace, readsWorkloads: readsWorkloads)
            .assembly
    }
}
