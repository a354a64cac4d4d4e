// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

extension KubernetesConfiguration {
    /// Where a pod finds the token, the certificate and the namespace of its account.
    static let accountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The configuration that Kubernetes gives to every pod.
    ///
    /// The token is read anew as it rotates, the certificate as well.
    ///
    /// - Throws: ``KubernetesError`` if this is no pod, or a pod without an account.
    public static func inCluster(
        environment: [String: String], folder: String? = nil
    ) throws(KubernetesError) -> KubernetesConfiguration {
        let operation = "find the Kubernetes API from inside the cluster"
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else {
            throw KubernetesError(
                .configuration, operation,
                "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set",
                remedy: "run in a pod, or name a kubeconfig")
        }
        let folder = folder ?? accountFolder
        let isIPv6 = host.contains(":") && !host.hasPrefix("[")
        var configuration = KubernetesConfiguration(
            server: "https://\(isIPv6 ? "[\(host)]" : host):\(port)",
            origin: "the account of this pod")
        for name in ["token", "ca.crt"] {
            guard FileManager.default.isReadableFile(atPath: "\(folder)/\(name)") else {
                throw KubernetesError(
                    .configuration, operation, "\(folder)/\(name) cannot be read",
                    remedy: "give the pod a ServiceAccount and mount its token "
                        + "(automountServiceAccountToken: true)")
            }
        }
        configuration.user.tokenFile = "\(folder)/token"
        configuration.authority = .file("\(folder)/ca.crt")
        if let namespace = try? String(contentsOfFile: "\(folder)/namespace", encoding: .utf8) {
            let name = namespace.trimmingCharacters(in: .whitespacesAndNewlines)
            configuration.namespace = name.isEmpty ? nil : name
        }
        return configuration
    }

    /// The configuration that `kubectl` would use: a kubeconfig that is named, those of
    /// `KUBECONFIG`, `~/.kube/config`, or else that of the pod.
    ///
    /// - Parameters:
    ///   - kubeconfig: a file that is to be used and no other.
    ///   - context: one of its contexts, in place of its current one.
    ///   - environment: names the proxy as well, if the kubeconfig has none (`HTTPS_PROXY`, `NO_PROXY`).
    /// - Throws: ``KubernetesError`` if none is found, or what is found is wrong.
    public static func find(
        kubeconfig: String? = nil, context: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(KubernetesError) -> KubernetesConfiguration {
        try locate(kubeconfig, context, environment).behindProxy(of: environment)
    }

    private static func locate(
        _ kubeconfig: String?, _ context: String?, _ environment: [String: String]
    ) throws(KubernetesError) -> KubernetesConfiguration {
        if let kubeconfig {
            return try Kubeconfig.read([kubeconfig], mayBeMissing: false)
                .configuration(context: context)
        }
        let listed = (environment["KUBECONFIG"] ?? "").split(separator: ":").map(String.init)
        let home = environment["HOME"].map { "\($0)/.kube/config" }
        let files = listed.isEmpty ? [home].compactMap(\.self) : listed
        let isAny = files.contains { FileManager.default.fileExists(atPath: $0) }
        if isAny || !listed.isEmpty {
            return try Kubeconfig.read(files, mayBeMissing: true).configuration(context: context)
        }
        guard environment["KUBERNETES_SERVICE_HOST"] != nil else {
            throw KubernetesError(
                .configuration, "find the Kubernetes API",
                "there is no kubeconfig\(home.map { " at \($0)" } ?? ""), and this is no pod",
                remedy: "name a kubeconfig, with KUBECONFIG or otherwise")
        }
        if let context {
            throw KubernetesError(
                .configuration, "find the Kubernetes API",
                "there is no kubeconfig in which to look for the context \(context)",
                remedy: "name the kubeconfig, or leave the context away")
        }
        return try inCluster(environment: environment)
    }
}
