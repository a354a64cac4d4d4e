// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyDocuments

/// A kind of objects that are made in the namespaces of a test, and where a server has them.
enum SceneKind: CaseIterable {
    case serviceAccounts, pods, policies, slices

    /// Where a server has those of a namespace.
    func path(in namespace: String) -> String {
        switch self {
        case .serviceAccounts: "/api/v1/namespaces/\(namespace)/serviceaccounts"
        case .pods: "/api/v1/namespaces/\(namespace)/pods"
        case .policies: "/apis/networking.k8s.io/v1/namespaces/\(namespace)/networkpolicies"
        case .slices: "/apis/discovery.k8s.io/v1/namespaces/\(namespace)/endpointslices"
        }
    }

    /// What the items of a list are, which do not say so themselves.
    var type: TypeName {
        switch self {
        case .serviceAccounts: TypeName(apiVersion: "v1", kind: "ServiceAccount")
        case .pods: TypeName(apiVersion: "v1", kind: "Pod")
        case .policies: TypeName(apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy")
        case .slices: TypeName(apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice")
        }
    }

    /// As a source calls it.
    var resource: String {
        switch self {
        case .serviceAccounts: "serviceaccounts"
        case .pods: "pods"
        case .policies: "networkpolicies"
        case .slices: "endpointslices"
        }
    }
}
