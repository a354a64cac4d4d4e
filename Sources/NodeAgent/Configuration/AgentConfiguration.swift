// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Logging

/// What an agent needs to know to run.
public struct AgentConfiguration: Hashable, Sendable {
    /// The node whose pods are governed.
    public var node: String
    /// Paths of manifests: files, or directories that are read recursively. At least one.
    public var filename: [String]
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

    /// The defaults, with what has none.
    public init(node: String, filename: [String]) {
        self.node = node
        self.filename = filename
    }
}
