// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import ClusterServers
import Foundation
import Logging
import NodeAgent
import PolicyDocuments

/// The cluster that a command reads instead of manifests.
struct ClusterOptions: ParsableArguments {
    @Flag(
        help: """
            Read the objects of the cluster that the kubeconfig names, or that the command runs in, \
            instead of manifests.
            """)
    var fromCluster = false

    @Option(
        help: ArgumentHelp(
            "With --from-cluster: a kubeconfig file; without it those of KUBECONFIG, or ~/.kube/config.",
            valueName: "path"))
    var kubeconfig: String?

    @Option(help: "With --from-cluster: the kubeconfig's context.")
    var context: String?

    func validate() throws {
        guard fromCluster || kubeconfig == nil && context == nil else {
            throw ValidationError("--kubeconfig and --context go with --from-cluster.")
        }
    }

    /// Reads everything once. Prints all warnings and problems of the objects: one that cannot be read
    /// is left out, as the agent leaves it out.
    ///
    /// - Throws: ``Failure`` if the cluster cannot be found or read.
    func assembly() throws -> ClusterAssembly {
        let reading: ClusterReading
        do {
            let configuration = try KubernetesConfiguration.find(
                kubeconfig: kubeconfig, context: context)
            Console.progress("reading \(configuration.server) ...")
            let logger = LineLogHandler.logger(format: .text, level: .warning)
            reading = try Waiting.result {
                try await KubernetesSource.read(configuration, logger: logger)
            }
        } catch {
            throw Failure("\(error)")
        }
        for warning in reading.warnings { Console.warning(warning.text) }
        for problem in reading.problems { Console.error(problem.text) }
        return ClusterAssembly(state: reading.state)
    }
}
