// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// What every manifest has.
struct AnyManifest: Decodable, Hashable {
    struct Metadata: Decodable, Hashable {
        var name: String
        var namespace: String?
    }

    var apiVersion: String
    var kind: String
    var metadata: Metadata
}

/// `kustomization.yaml`.
struct Kustomization: Decodable {
    var resources: [String]
}

/// The part of a ClusterRole that grants.
struct ClusterRole: Decodable {
    struct Rule: Decodable {
        var apiGroups: [String]
        var resources: [String]
        var verbs: [String]
        var resourceNames: [String]?
        var nonResourceURLs: [String]?
    }

    var metadata: AnyManifest.Metadata
    var rules: [Rule]
}

/// Who has the rights of a ClusterRole.
struct ClusterRoleBinding: Decodable {
    struct Subject: Decodable, Hashable {
        var kind: String
        var name: String
        var namespace: String
    }

    struct Role: Decodable, Hashable {
        var apiGroup: String
        var kind: String
        var name: String
    }

    var roleRef: Role
    var subjects: [Subject]
}

/// The agent's environment.
struct ConfigMap: Decodable {
    var metadata: AnyManifest.Metadata
    var data: [String: String]
}

/// The agent on every node.
struct DaemonSet: Decodable {
    struct Selector: Decodable { var matchLabels: [String: String] }
    struct Labels: Decodable { var labels: [String: String] }
    struct Template: Decodable {
        var metadata: Labels
        var spec: PodSpec
    }
    struct Spec: Decodable {
        var selector: Selector
        var template: Template
    }

    var spec: Spec
}

/// The pods of the agent.
struct PodSpec: Decodable {
    struct SeccompProfile: Decodable { var type: String }
    struct SecurityContext: Decodable { var seccompProfile: SeccompProfile }
    struct Toleration: Decodable, Equatable {
        var key: String?
        var `operator`: String?
        var effect: String?
    }
    struct HostPath: Decodable {
        var path: String
        var type: String
    }
    struct Volume: Decodable {
        var name: String
        var hostPath: HostPath?
    }

    var serviceAccountName: String
    var hostNetwork: Bool
    var hostPID: Bool?
    var hostIPC: Bool?
    var dnsPolicy: String
    var enableServiceLinks: Bool
    var priorityClassName: String
    var tolerations: [Toleration]
    var securityContext: SecurityContext
    var initContainers: [Container]?
    var containers: [Container]
    var volumes: [Volume]
}

/// The agent's container.
struct Container: Decodable {
    struct Capabilities: Decodable {
        var add: [String]
        var drop: [String]
    }
    struct SecurityContext: Decodable {
        var runAsUser: Int
        var capabilities: Capabilities
        var privileged: Bool
        var allowPrivilegeEscalation: Bool
        var readOnlyRootFilesystem: Bool
    }
    struct Request: Decodable {
        var host: String
        var port: UInt16
        var path: String
    }
    struct Probe: Decodable { var httpGet: Request }
    struct Resources: Decodable {
        var requests: [String: String]
        var limits: [String: String]
    }
    struct Variable: Decodable {
        struct Origin: Decodable { var fieldRef: Field? }
        struct Field: Decodable { var fieldPath: String }
        var name: String
        var value: String?
        var valueFrom: Origin?
    }
    struct Environment: Decodable {
        struct Name: Decodable { var name: String }
        var configMapRef: Name?
    }
    struct Mount: Decodable {
        var name: String
        var mountPath: String
    }

    var image: String
    var args: [String]
    var env: [Variable]
    var envFrom: [Environment]
    var securityContext: SecurityContext
    var livenessProbe: Probe
    var readinessProbe: Probe
    var resources: Resources
    var volumeMounts: [Mount]
}
