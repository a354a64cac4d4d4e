// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Where the agent learns of the cluster's objects.
public enum SourceChoice: String, CaseIterable, Sendable {
    /// From manifests in files and directories.
    case files
    /// From the Kubernetes API: that of a kubeconfig, or the one that the pod runs in.
    case kubernetes
    /// From an etcd in which Calico keeps its objects.
    case etcd
}
