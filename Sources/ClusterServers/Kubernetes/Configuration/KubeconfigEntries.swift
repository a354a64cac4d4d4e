// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation

extension KubernetesConfiguration {
    /// What an entry of `clusters` says.
    init(cluster: KubeconfigField, origin: String) throws(KubernetesError) {
        guard let server = try cluster.text("server") else {
            throw cluster.error(
                "names no server", remedy: "write its address, such as https://192.0.2.1:6443")
        }
        guard let url = URL(string: server), url.scheme == "https" || url.scheme == "http",
            url.host?.isEmpty == false, url.query == nil
        else {
            throw (cluster["server"] ?? cluster).error(
                "is no server's address", remedy: "write it like https://192.0.2.1:6443")
        }
        var trimmed = server
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        self.init(server: trimmed, origin: origin)
        authority = try cluster.content("certificate-authority")
        skipsVerification = try cluster.flag("insecure-skip-tls-verify")
        serverName = try cluster.text("tls-server-name")
        if let text = try cluster.text("proxy-url"), let field = cluster["proxy-url"] {
            guard text.contains("://"), let proxy = ProxyServer(text, origin: "proxy-url") else {
                throw field.error(
                    "names no proxy that is asked by HTTP",
                    remedy: "write it like http://proxy:3128; others are not supported")
            }
            self.proxy = proxy
        }
        if skipsVerification, authority != nil {
            throw cluster.error(
                "has both a certificate-authority and insecure-skip-tls-verify",
                remedy: "remove insecure-skip-tls-verify")
        }
    }
}

extension KubernetesUser {
    /// What an entry of `users` says.
    ///
    /// - Parameter cluster: what a plugin is told of the cluster, if it asks for it.
    init(_ user: KubeconfigField, cluster: KubeconfigField) throws(KubernetesError) {
        self.init()
        if let provider = user["auth-provider"] {
            throw provider.error(
                "is set, which Kubernetes has given up with 1.26",
                remedy: "use the provider's plugin for exec")
        }
        token = try user.text("token")
        tokenFile = try user.file("tokenFile")
        username = try user.text("username")
        password = try user.text("password")
        clientCertificate = try user.content("client-certificate")
        clientKey = try user.content("client-key")
        if clientCertificate != nil, clientKey == nil {
            throw user.error("has a client-certificate and no client-key", remedy: "add the key")
        }
        if clientKey != nil, clientCertificate == nil {
            throw user.error(
                "has a client-key and no client-certificate", remedy: "add the certificate")
        }
        if let exec = user["exec"] { plugin = try CredentialPlugin(exec, cluster: cluster) }
        try readImpersonation(user)
    }

    private mutating func readImpersonation(_ user: KubeconfigField) throws(KubernetesError) {
        if let name = try user.text("as") { impersonation["Impersonate-User"] = [name] }
        if let id = try user.text("as-uid") { impersonation["Impersonate-Uid"] = [id] }
        let groups = try user.texts("as-groups")
        if !groups.isEmpty { impersonation["Impersonate-Group"] = groups }
        if let extra = user["as-user-extra"] {
            throw extra.error("is set, and is not supported", remedy: "remove it")
        }
    }
}

extension CredentialPlugin {
    /// What `exec` of a user says.
    init(_ exec: KubeconfigField, cluster: KubeconfigField) throws(KubernetesError) {
        guard let command = try exec.text("command") else {
            throw exec.error("names no command", remedy: "write the plugin's name or path")
        }
        guard let version = try exec.text("apiVersion"), Self.versions.contains(version) else {
            throw (exec["apiVersion"] ?? exec).error(
                "is no known version of the interface to plugins",
                remedy: "write \(Self.versions.joined(separator: " or "))")
        }
        if try exec.text("interactiveMode") == "Always" {
            throw (exec["interactiveMode"] ?? exec).error(
                "is Always, and nobody is there to answer",
                remedy: "use a plugin that works by itself")
        }
        // A name alone is looked for in PATH, as a shell does it.
        self.init(
            command: command.contains("/") ? exec.beside(command) : command, apiVersion: version,
            origin: "\(exec.path) of \(exec.file)")
        arguments = try exec.texts("args")
        for element in try exec.elements("env") {
            guard let name = try element.text("name") else {
                throw element.error("has no name", remedy: "write the variable's name")
            }
            environment[name] = try element.text("value") ?? ""
        }
        installHint = try exec.text("installHint")
        if try exec.flag("provideClusterInfo") {
            clusterInformation = try Self.information(cluster)
        }
    }

    private static func information(
        _ cluster: KubeconfigField
    ) throws(KubernetesError) -> ClusterInformation {
        var information = ClusterInformation(server: try cluster.text("server") ?? "")
        information.tlsServerName = try cluster.text("tls-server-name")
        information.proxyURL = try cluster.text("proxy-url")
        if try cluster.flag("insecure-skip-tls-verify") {
            information.insecureSkipTLSVerify = true
        }
        if let content = try cluster.content("certificate-authority") {
            information.certificateAuthorityData = Data(try content.read("read the authority"))
        }
        return information
    }
}
