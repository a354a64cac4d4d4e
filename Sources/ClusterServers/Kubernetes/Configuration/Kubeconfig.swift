// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

/// Kubeconfig files, merged as `kubectl` merges them: of entries with one name the first file's counts,
/// as a whole, and so does the first current context.
struct Kubeconfig {
    /// The files that were read.
    private(set) var files: [String] = []
    private var clusters: [String: KubeconfigField] = [:]
    private var users: [String: KubeconfigField] = [:]
    private var contexts: [String: KubeconfigField] = [:]
    private var currentContext: String?

    /// Reads files in their order.
    ///
    /// - Parameter mayBeMissing: whether those that do not exist are passed over.
    static func read(
        _ paths: [String], mayBeMissing: Bool
    ) throws(KubernetesError) -> Kubeconfig {
        var merged = Kubeconfig()
        for path in paths {
            let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
            let text: String
            do {
                text = try String(contentsOfFile: absolute, encoding: .utf8)
            } catch {
                if mayBeMissing, !FileManager.default.fileExists(atPath: absolute) { continue }
                throw KubernetesError(
                    .configuration, "read kubeconfig \(absolute)", FileContent.reason(error),
                    remedy: "name a kubeconfig that this user can read")
            }
            try merged.merge(text, from: absolute)
        }
        if merged.files.isEmpty {
            throw KubernetesError(
                .configuration, "read kubeconfig \(paths.joined(separator: ":"))",
                "none of these files exists", remedy: "name one that does")
        }
        return merged
    }

    /// Adds what a file says that those before it do not.
    mutating func merge(_ text: String, from file: String) throws(KubernetesError) {
        files.append(file)
        guard let root = try KubeconfigField.root(of: text, in: file) else { return }
        try Self.add(root, "clusters", "cluster", to: &clusters)
        try Self.add(root, "users", "user", to: &users)
        try Self.add(root, "contexts", "context", to: &contexts)
        if currentContext == nil { currentContext = try root.text("current-context") }
    }

    private static func add(
        _ root: KubeconfigField, _ list: String, _ member: String,
        to entries: inout [String: KubeconfigField]
    ) throws(KubernetesError) {
        var own: Set<String> = []
        for element in try root.elements(list) {
            guard let name = try element.text("name") else {
                throw element.error("has no name", remedy: "write one")
            }
            guard own.insert(name).inserted else {
                throw element.error(
                    "is the second entry of the name \(name)", remedy: "remove one of them")
            }
            guard let content = element[member] else { continue }
            if entries[name] == nil {
                let path = "\(list)[\(name)].\(member)"
                entries[name] = KubeconfigField(file: root.file, path: path, node: content.node)
            }
        }
    }

    /// What a context says, the current one unless another is named.
    func configuration(
        context wanted: String? = nil
    ) throws(KubernetesError) -> KubernetesConfiguration {
        guard let name = wanted ?? currentContext else {
            throw error(
                "no current-context is set", remedy: "name a context; \(known(contexts))")
        }
        guard let context = contexts[name] else {
            throw error("there is no context \(name)", remedy: known(contexts))
        }
        guard let clusterName = try context.text("cluster") else {
            throw context.error("names no cluster", remedy: known(clusters))
        }
        guard let cluster = clusters[clusterName] else {
            throw context.error(
                "names the cluster \(clusterName), which does not exist", remedy: known(clusters))
        }
        var configuration = try KubernetesConfiguration(
            cluster: cluster, origin: "context \(name) of \(context.file)")
        configuration.namespace = try context.text("namespace")
        guard let userName = try context.text("user") else { return configuration }
        guard let user = users[userName] else {
            throw context.error(
                "names the user \(userName), which does not exist", remedy: known(users))
        }
        configuration.user = try KubernetesUser(user, cluster: cluster)
        return configuration
    }

    private func error(_ message: String, remedy: String) -> KubernetesError {
        KubernetesError(
            .configuration, "read kubeconfig \(files.joined(separator: ":"))", message,
            remedy: remedy)
    }

    private func known(_ entries: [String: KubeconfigField]) -> String {
        entries.isEmpty
            ? "there are none" : "there are \(entries.keys.sorted().joined(separator: ", "))"
    }
}
