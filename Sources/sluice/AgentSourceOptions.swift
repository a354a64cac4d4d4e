// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import NodeAgent

/// How the agent reaches the Kubernetes API.
struct AgentKubernetesOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A kubeconfig file; without it those of KUBECONFIG, ~/.kube/config, or the service account of the pod that the agent runs in.",
            valueName: "path"))
    var kubeconfig: String?

    @Option(help: "The kubeconfig's context.")
    var context: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Write an Event for each policy that cannot be enforced as written.")
    var events: Bool?

    var flags: [ConfigurationKey: [String]] {
        [
            .kubeconfig: [kubeconfig].compactMap(\.self), .context: [context].compactMap(\.self),
            .events: [events].compactMap { $0.map { "\($0)" } },
        ]
    }
}

/// How the agent reaches etcd.
struct AgentEtcdOptions: ParsableArguments {
    @Option(
        name: .customLong("etcd-endpoints"),
        help: ArgumentHelp("A member of etcd. Repeatable.", valueName: "url"))
    var endpoints: [String] = []

    @Option(
        name: .customLong("etcd-cacert"),
        help: ArgumentHelp("Authorities by which etcd's certificate is checked.", valueName: "path")
    )
    var authorities: String?

    @Option(
        name: .customLong("etcd-cert"),
        help: ArgumentHelp("The certificate that is shown to etcd.", valueName: "path"))
    var certificate: String?

    @Option(
        name: .customLong("etcd-key"),
        help: ArgumentHelp("That certificate's private key.", valueName: "path"))
    var key: String?

    @Option(name: .customLong("etcd-username"), help: "The user of etcd.")
    var username: String?

    @Option(
        name: .customLong("etcd-password-file"),
        help: ArgumentHelp("The file with that user's password.", valueName: "path"))
    var passwordFile: String?

    var flags: [ConfigurationKey: [String]] {
        let single: [ConfigurationKey: String?] = [
            .etcdCacert: authorities, .etcdCert: certificate, .etcdKey: key,
            .etcdUsername: username, .etcdPasswordFile: passwordFile,
        ]
        return single.compactMapValues { $0.map { [$0] } }
            .merging([.etcdEndpoints: endpoints]) { $1 }
    }
}
