// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Logging

/// What an agent needs to know to run.
public struct AgentConfiguration: Hashable, Sendable {
    /// The node whose pods are governed.
    public var node: String
    /// Where the cluster's objects come from.
    public var source = SourceChoice.files
    /// Paths of manifests: files, or directories that are read recursively. At least one where they
    /// are the source.
    public var filename: [String]
    /// A kubeconfig file; nil to look where `kubectl` looks, and then for the pod's service account.
    public var kubeconfig: String?
    /// The kubeconfig's context; nil for its current one.
    public var context: String?
    /// Whether policies that cannot be enforced as written get an Event in the Kubernetes API.
    public var events = true
    /// URLs of etcd's members. At least one where it is the source.
    public var etcdEndpoints: [String] = []
    /// A file of certificates by which etcd's is checked; nil for the system's.
    public var etcdCacert: String?
    /// A file with the certificate that is shown to etcd; nil for none.
    public var etcdCert: String?
    /// A file with that certificate's private key.
    public var etcdKey: String?
    /// The user of etcd; nil where it asks for none.
    public var etcdUsername: String?
    /// A file with that user's password.
    public var etcdPasswordFile: String?
    /// The namespace of objects that name none.
    public var namespace = "default"
    /// Where health, metrics and status are served; nil for nowhere.
    public var listen: ListenAddress? = .standard
    /// How others are kept from changing the table.
    public var ownership = OwnershipChoice.auto
    /// The least severe messages that are logged.
    public var logLevel = Logger.Level.info
    /// How lines of the log look.
    public var logFormat = LogFormat.text
    /// How long to wait for more changes before committing: 0 to 10 s.
    public var coalesce = Duration.milliseconds(20)
    /// Whether a clean exit removes the table.
    public var cleanup = false
    /// How often the whole table is compared, at least 10 s; nil for never.
    public var resync: Duration? = .seconds(300)
    /// How often the table is read back and proved to do what the policies say, at least 10 s, and
    /// with it after every change; nil for never.
    public var verify: Duration?
    /// Where the interfaces of pods are looked for whose objects do not tell them.
    public var interfaces = InterfaceSource.off
    /// The directory that gets a file for each pod whose policies are in force; nil for none.
    public var statusDirectory: String?

    /// The defaults, with what has none.
    public init(node: String, filename: [String] = []) {
        self.node = node
        self.filename = filename
    }
}
