// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Testing

@testable import ClusterServers

@Suite struct KubeconfigTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let first = """
        apiVersion: v1
        kind: Config
        current-context: dev
        clusters:
        - name: one
          cluster: {server: "https://192.0.2.1:6443/", certificate-authority: pki/ca.crt}
        contexts:
        - name: dev
          context: {cluster: one, user: red, namespace: shop}
        users:
        - name: red
          user: {token: from-the-first}
        """
    private static let second = """
        current-context: prod
        clusters:
        - name: one
          cluster: {server: "https://192.0.2.2", tls-server-name: other}
        - name: two
          cluster: {server: "https://[2001:db8::1]:6443/k8s/clusters/c-1", tls-server-name: api,
            certificate-authority-data: \(Data("PEM".utf8).base64EncodedString())}
        contexts:
        - name: prod
          context: {cluster: two, user: blue}
        - name: lost
          context: {cluster: three, user: blue}
        users:
        - name: red
          user: {username: never-seen}
        - name: blue
          user: {client-certificate: ../blue.crt, client-key: /keys/blue.key, tokenFile: token,
            as: admin, as-groups: [a, b]}
        """

    private func files() throws -> [String] {
        [
            try folder.write("a/config", Self.first), folder["missing"],
            try folder.write("b/config", Self.second),
        ]
    }

    @Test("Of entries with one name the first file's counts, as a whole")
    func merging() throws {
        let files = try files()
        let merged = try Kubeconfig.read(files, mayBeMissing: true)
        let dev = try merged.configuration()
        #expect(dev.server == "https://192.0.2.1:6443")
        #expect(dev.origin == "context dev of \(files[0])")
        #expect(dev.serverName == nil)
        #expect(dev.namespace == "shop")
        #expect(dev.authority == .file(folder["a/pki/ca.crt"]))
        #expect(dev.user.token == "from-the-first")
        #expect(dev.user.username == nil)

        let prod = try merged.configuration(context: "prod")
        #expect(prod.server == "https://[2001:db8::1]:6443/k8s/clusters/c-1")
        #expect(prod.serverName == "api")
        #expect(prod.authority == .data(Array("PEM".utf8)))
        #expect(prod.user.clientCertificate == .file(folder["blue.crt"]))
        #expect(prod.user.clientKey == .file("/keys/blue.key"))
        #expect(prod.user.tokenFile == folder["b/token"])
        #expect(
            prod.user.impersonation == [
                "Impersonate-User": ["admin"], "Impersonate-Group": ["a", "b"],
            ])
    }

    @Test("The environment says which files, a name or a context goes before")
    func finding() throws {
        let files = try files()
        let environment = ["KUBECONFIG": files.joined(separator: ":"), "HOME": folder.path]
        #expect(
            try KubernetesConfiguration.find(environment: environment).server
                == "https://192.0.2.1:6443")
        #expect(
            try KubernetesConfiguration.find(context: "prod", environment: environment).serverName
                == "api")
        #expect(
            try KubernetesConfiguration.find(kubeconfig: files[2], environment: environment)
                .serverName == "api")
        try folder.write(".kube/config", Self.first)
        #expect(
            try KubernetesConfiguration.find(environment: ["HOME": folder.path]).user.token
                == "from-the-first")
    }

    @Test("Errors name file, entry and remedy")
    func errors() throws {
        let files = try files()
        let path = folder["c"]
        func message(_ text: String, context: String? = nil) throws -> String {
            try folder.write("c", text)
            do {
                _ = try Kubeconfig.read([path], mayBeMissing: false)
                    .configuration(context: context)
                return "no error"
            } catch { return error.description }
        }
        func cluster(_ fields: String, user: String = "{}") -> String {
            """
            current-context: x
            clusters: [{name: x, cluster: {\(fields)}}]
            contexts: [{name: x, context: {cluster: x, user: x}}]
            users: [{name: x, user: \(user)}]
            """
        }
        let good = "server: https://h"
        #expect(
            try message(Self.second, context: "dev")
                == "read kubeconfig \(path): there is no context dev; there are lost, prod")
        #expect(
            try message(Self.second, context: "lost").contains(
                "contexts[lost].context names the cluster three, which does not exist; there are "
                    + "one, two"))
        #expect(
            try message("users: []")
                == "read kubeconfig \(path): no current-context is set; name a context; there are none"
        )
        #expect(
            try message(cluster("\(good), proxy-url: 'socks5://p'")).contains(
                "clusters[x].cluster.proxy-url names no proxy that is asked by HTTP; write it like")
        )
        #expect(
            try message(cluster("server: h")).contains(
                ":2: clusters[x].cluster.server is no server's address; write it like https://"))
        #expect(
            try message(
                cluster("\(good), insecure-skip-tls-verify: true, certificate-authority: f")
            ).contains("has both a certificate-authority and insecure-skip-tls-verify"))
        #expect(
            try message(cluster("\(good), certificate-authority-data: '%'")).contains(
                "clusters[x].cluster.certificate-authority-data is no base64"))
        #expect(
            try message(cluster(good, user: "{client-certificate: f}")).contains(
                "users[x].user has a client-certificate and no client-key; add the key"))
        #expect(
            try message(cluster(good, user: "{auth-provider: {name: gcp}}")).contains(
                "given up with 1.26; use the provider's plugin for exec"))
        #expect(
            try message(cluster(good, user: "{exec: {command: c, apiVersion: v1}}")).contains(
                "users[x].user.exec.apiVersion is no known version"))
        #expect(try message("clusters: [{name: x}, {name: x}]").contains("is the second entry"))
        #expect(try message("clusters: {").hasPrefix("read kubeconfig \(path): "))
        #expect(try message("- x").contains("is no kubeconfig"))
        #expect(throws: KubernetesError.self) {
            try Kubeconfig.read([folder["missing"]], mayBeMissing: false)
        }
        #expect(throws: KubernetesError.self) {
            try Kubeconfig.read([folder["missing"]], mayBeMissing: true)
        }
        #expect(throws: KubernetesError.self) {
            try KubernetesConfiguration.find(environment: ["HOME": files[0]])
        }
    }

    @Test("A pod finds its server by the environment, and its token in a file")
    func inCluster() throws {
        try folder.write("token", "t")
        try folder.write("namespace", "kube-system\n")
        let environment = [
            "KUBERNETES_SERVICE_HOST": "2001:db8::1", "KUBERNETES_SERVICE_PORT": "443",
        ]
        let error = #expect(throws: KubernetesError.self) {
            try KubernetesConfiguration.inCluster(environment: environment, folder: folder.path)
        }
        #expect(error?.cause == "\(folder["ca.crt"]) cannot be read")
        try folder.write("ca.crt", "PEM")
        let found = try KubernetesConfiguration.inCluster(
            environment: environment, folder: folder.path)
        #expect(found.server == "https://[2001:db8::1]:443")
        #expect(found.namespace == "kube-system")
        #expect(found.user.tokenFile == folder["token"])
        #expect(found.authority == .file(folder["ca.crt"]))
        #expect(throws: KubernetesError.self) {
            try KubernetesConfiguration.inCluster(environment: [:], folder: folder.path)
        }
    }
}
