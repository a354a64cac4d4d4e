// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// An object that makes pods of one template, as far as policies are concerned.
public struct Workload: Hashable, Sendable {
    /// Unique in the cluster.
    public var id: WorkloadID
    /// The labels of its pods, not its own (`spec.template.metadata.labels`).
    public var labels: [String: String]
    /// The ports that its pods' containers give names.
    public var namedPorts: [NamedPort]
    /// Its pods use their node's address and so are neither subject nor peer (S14).
    public var usesHostNetwork: Bool
    /// The workload that made this one and speaks for it: the Deployment of a ReplicaSet, the
    /// CronJob of a Job; nil where none did.
    public var owner: WorkloadID?
    /// Seconds since 1970 at which the object was created; 0 if unknown.
    public var created: Int64
    /// It makes no pods any more: a Job that is complete or has failed.
    public var isFinished: Bool

    /// A value of these parts.
    public init(
        id: WorkloadID, labels: [String: String] = [:], namedPorts: [NamedPort] = [],
        usesHostNetwork: Bool = false, owner: WorkloadID? = nil, created: Int64 = 0,
        isFinished: Bool = false
    ) {
        self.id = id
        self.labels = labels
        self.namedPorts = namedPorts
        self.usesHostNetwork = usesHostNetwork
        self.owner = owner
        self.created = created
        self.isFinished = isFinished
    }
}

/// The kinds of objects that make pods of a template.
public enum WorkloadKind: String, Hashable, Sendable, CaseIterable {
    case deployment = "Deployment"
    case statefulSet = "StatefulSet"
    case daemonSet = "DaemonSet"
    case replicaSet = "ReplicaSet"
    case replicationController = "ReplicationController"
    case job = "Job"
    case cronJob = "CronJob"

    /// The API groups that have the kind, the present one first; the core API's is empty.
    var groups: [String] {
        switch self {
        case .deployment, .daemonSet, .replicaSet: ["apps", "extensions"]
        case .statefulSet: ["apps"]
        case .replicationController: [""]
        case .job, .cronJob: ["batch"]
        }
    }
}

/// A workload's kind, namespace and name.
public struct WorkloadID: Hashable, Sendable, Comparable {
    /// What kind of object it is.
    public var kind: WorkloadKind
    /// The object's namespace (`metadata.namespace`).
    public var namespace: String
    /// The name as its object states it.
    public var name: String

    /// A value of these parts.
    public init(kind: WorkloadKind, namespace: String, name: String) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
    }

    /// By namespace, then name, then kind.
    public static func < (left: WorkloadID, right: WorkloadID) -> Bool {
        (left.namespace, left.name, left.kind.rawValue)
            < (right.namespace, right.name, right.kind.rawValue)
    }
}

extension WorkloadID: CustomStringConvertible {
    /// `shop/deployment/web`.
    public var description: String { "\(namespace)/\(kind.rawValue.lowercased())/\(name)" }
}
