// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NetworkPrimitives

/// A proxy through which a server is reached: asked by HTTP's `CONNECT`, it hands on what it cannot read.
public struct ProxyServer: Hashable, Sendable, CustomStringConvertible {
    /// Its name or address, without brackets.
    public var host: String
    /// Its port.
    public var port: Int
    /// Who asks it; nil where it asks for nobody.
    public var username: String?
    /// The password to ``username``.
    public var password: String?
    /// Who names it, for messages: `HTTPS_PROXY`.
    public var origin: String

    /// `192.0.2.1:3128 (HTTPS_PROXY)`; nothing of user and password.
    public var description: String {
        "\(host.contains(":") ? "[\(host)]" : host):\(port) (\(origin))"
    }

    /// Reads `http://user:password@host:port`; the scheme may be missing, as in variables.
    ///
    /// - Returns: nil for what is no proxy that is asked by HTTP.
    init?(_ text: String, origin: String) {
        let address = text.contains("://") ? text : "http://\(text)"
        guard let parts = URLComponents(string: address), parts.scheme == "http",
            let host = parts.host?.trimmingCharacters(in: ["[", "]"]), !host.isEmpty,
            ["", "/"].contains(parts.path), parts.query == nil, parts.fragment == nil
        else { return nil }
        self.host = host
        port = parts.port ?? 80
        username = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        password = parts.password
        self.origin = origin
    }

    /// The proxy that the environment has for a server: `HTTPS_PROXY`, or `HTTP_PROXY` for one without
    /// TLS, unless `NO_PROXY` excepts the server; all of them in lower case as well.
    ///
    /// - Parameter server: as `https://192.0.2.1:6443`.
    /// - Throws: ``KubernetesError`` for a proxy that is not understood.
    static func named(
        by environment: [String: String], for server: String
    ) throws(KubernetesError) -> ProxyServer? {
        guard let parts = URLComponents(string: server), let scheme = parts.scheme,
            let host = parts.host?.trimmingCharacters(in: ["[", "]"])
        else { return nil }
        func value(_ name: String) -> (name: String, text: String)? {
            for name in [name, name.lowercased()] {
                if let text = environment[name], !text.isEmpty { return (name, text) }
            }
            return nil
        }
        guard let named = value(scheme == "https" ? "HTTPS_PROXY" : "HTTP_PROXY") else {
            return nil
        }
        let port = parts.port ?? (scheme == "https" ? 443 : 80)
        let exceptions = ProxyExceptions(value("NO_PROXY")?.text ?? "")
        if exceptions.cover(host, port: port) { return nil }
        guard let proxy = ProxyServer(named.text, origin: named.name) else {
            throw KubernetesError(
                .configuration, "read \(named.name)",
                "it names no proxy that is asked by HTTP",
                remedy: "write it like http://proxy:3128, or add \(host) to NO_PROXY")
        }
        return proxy
    }
}

extension KubernetesConfiguration {
    /// The same server, reached through the proxy that its entry names, or else the environment.
    ///
    /// - Throws: ``KubernetesError`` if the proxy is not understood, or the server's certificate could
    ///   not be checked behind it.
    func behindProxy(
        of environment: [String: String]
    ) throws(KubernetesError) -> KubernetesConfiguration {
        var found = self
        if found.proxy == nil { found.proxy = try .named(by: environment, for: server) }
        guard let proxy = found.proxy, let parts = URLComponents(string: server),
            parts.scheme == "https", let host = parts.host, !skipsVerification, serverName == nil,
            IPAddress(host.trimmingCharacters(in: ["[", "]"])) != nil
        else { return found }
        // The address that a certificate is compared with is that of the connection: the proxy's.
        throw KubernetesError(
            .configuration, "reach \(server) through the proxy \(proxy)",
            "behind a proxy a certificate is checked by a name, and the server is named by an address",
            remedy:
                "set tls-server-name in the kubeconfig to a name that its certificate has, such as "
                + "kubernetes.default.svc, or except the server from the proxy (NO_PROXY)")
    }
}
