// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// One thing that can be configured. The raw value is its key in the YAML file.
public enum ConfigurationKey: String, CaseIterable, Sendable {
    case node
    case source
    case filename
    case kubeconfig
    case context
    case events
    case etcdEndpoints
    case etcdCacert
    case etcdCert
    case etcdKey
    case etcdUsername
    case etcdPasswordFile
    case namespace
    case listen
    case ownership
    case logLevel
    case logFormat
    case coalesce
    case cleanup
    case resync
    case verify
    case interfaces
    case statusDirectory

    /// The flag of `sluice agent`.
    public var flag: String { "--" + words.joined(separator: "-") }

    /// The environment variable.
    ///
    /// There are no others that begin with `SLUICE_` but `SLUICE_CONFIG`, and unknown ones are
    /// passed over: Kubernetes itself sets some, such as `SLUICE_SERVICE_HOST`, in every container
    /// of a namespace with a Service named sluice.
    public var variable: String {
        "SLUICE_" + words.map { $0.uppercased() }.joined(separator: "_")
    }

    /// Between the elements of a list in the environment variable; nil for keys with a single value.
    public var separator: Character? {
        switch self {
        case .filename: ":"
        case .etcdEndpoints: ","
        default: nil
        }
    }

    /// The source that the key is about; nil where it is about all.
    public var onlySource: SourceChoice? {
        switch self {
        case .filename, .namespace: .files
        case .kubeconfig, .context, .events: .kubernetes
        case .etcdEndpoints, .etcdCacert, .etcdCert, .etcdKey, .etcdUsername, .etcdPasswordFile:
            .etcd
        case .node, .source, .listen, .ownership, .logLevel, .logFormat, .coalesce, .cleanup,
            .resync, .verify, .interfaces, .statusDirectory:
            nil
        }
    }

    /// The variable that other programs of the field read for the same, and that counts where nothing
    /// else says it.
    public var customaryVariable: String? {
        switch self {
        case .node: "NODE_NAME"
        case .etcdEndpoints: "ETCD_ENDPOINTS"
        case .etcdCacert: "ETCD_CA_CERT_FILE"
        case .etcdCert: "ETCD_CERT_FILE"
        case .etcdKey: "ETCD_KEY_FILE"
        case .etcdUsername: "ETCD_USERNAME"
        default: nil
        }
    }

    /// What can be written, as it follows "write" in messages.
    public var allowed: String {
        switch self {
        case .node:
            "a node's name: at most 253 lower-case letters, digits, hyphens and dots, with a letter or digit at both ends of each part"
        case .source: SourceChoice.allCases.map(\.rawValue).joined(separator: ", ")
        case .filename: "paths of files or directories"
        case .context: "the name of a context"
        case .etcdEndpoints: "URLs such as https://10.0.0.1:2379"
        case .kubeconfig, .etcdCacert, .etcdCert, .etcdKey, .etcdPasswordFile: "a file's path"
        case .etcdUsername: "a user's name"
        case .namespace:
            "a namespace's name: at most 63 lower-case letters, digits and hyphens, with a letter or digit at both ends"
        case .listen: "an IP address and a port, such as 127.0.0.1:9095 or [::1]:9095, or off"
        case .ownership: OwnershipChoice.allCases.map(\.rawValue).joined(separator: ", ")
        case .logLevel: "trace, debug, info, notice, warning, error, critical"
        case .logFormat: LogFormat.allCases.map(\.rawValue).joined(separator: ", ")
        case .coalesce: "a duration from 0 to 10s, such as 20ms"
        case .cleanup, .events: "true, false"
        case .interfaces: InterfaceSource.allCases.map(\.rawValue).joined(separator: ", ")
        case .statusDirectory: "the path of a directory, from / on, or off"
        case .resync, .verify: "a duration of at least 10s, such as 5m, or off"
        }
    }

    /// What it means, for help texts.
    public var summary: String {
        switch self {
        case .node: "the node whose pods are governed"
        case .source: "where the cluster's objects come from: files, kubernetes, or etcd"
        case .filename: "manifests: files, and directories (read recursively)"
        case .kubeconfig:
            "how to reach the Kubernetes API; by default KUBECONFIG, then ~/.kube/config, then the pod's own service account"
        case .context: "the kubeconfig's context; by default its current one"
        case .events:
            "whether policies that cannot be enforced as written get an Event in the Kubernetes API"
        case .etcdEndpoints: "the members of the etcd in which Calico keeps its objects"
        case .etcdCacert: "the authorities by which etcd's certificate is checked"
        case .etcdCert: "the certificate that is shown to etcd"
        case .etcdKey: "that certificate's private key"
        case .etcdUsername: "the user of etcd"
        case .etcdPasswordFile: "the file with that user's password"
        case .namespace: "the namespace of objects that name none"
        case .listen: "where health, metrics and status are served"
        case .ownership:
            "exclusive: the kernel keeps others from changing the table; monitor: changes are noticed and taken back; auto: exclusive where the kernel can"
        case .logLevel: "the least severe messages that are logged"
        case .logFormat: "how lines of the log look"
        case .coalesce: "how long to wait for more changes before committing"
        case .cleanup: "whether a clean exit removes the table"
        case .resync: "how often the whole table is compared"
        case .verify:
            "how often it is proved, from what the kernel has, that it does what the policies say; with it, after every change"
        case .interfaces:
            "where interfaces of pods are looked for whose objects do not tell them, to drop what comes there with other sources; routes: where the route to a pod leaves no doubt"
        case .statusDirectory:
            "gets a file NAMESPACE_NAME for each pod of the node whose policies are in force"
        }
    }

    /// `logLevel` as `log` and `level`.
    private var words: [String] {
        var words = [""]
        for character in rawValue {
            if character.isUppercase { words.append("") }
            words[words.count - 1] += character.lowercased()
        }
        return words
    }
}
