// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Testing

@testable import ClusterServers

@Suite struct ProxyServerTests {
    @Test("Proxies as kubeconfigs and variables name them")
    func addresses() throws {
        let proxy = try #require(ProxyServer("http://me:p%40ss@[2001:db8::1]:3128/", origin: "o"))
        #expect(proxy.host == "2001:db8::1" && proxy.port == 3_128)
        #expect(proxy.username == "me" && proxy.password == "p@ss")
        #expect(proxy.description == "[2001:db8::1]:3128 (o)")
        let bare = try #require(ProxyServer("proxy.example.net", origin: "o"))
        #expect(bare.host == "proxy.example.net" && bare.port == 80 && bare.username == nil)
        for text in ["", "http://", "https://p", "socks5://p:1080", "http://p/path", "http://p?x"] {
            #expect(ProxyServer(text, origin: "o") == nil, "\(text)")
        }
    }

    @Test(
        "NO_PROXY is read as kubectl reads it",
        arguments: [
            ("", "h.example", 443, false), ("*", "h.example", 443, true),
            ("example", "h.example", 443, true), ("example", "example", 443, true),
            ("example", "counterexample", 443, false), (".example", "example", 443, false),
            (".example", "h.example", 443, true), ("*.example", "a.h.example", 443, true),
            ("*.example", "example", 443, false), ("EXAMPLE", "H.Example", 443, true),
            ("example:6443", "h.example", 443, false), ("example:443", "h.example", 443, true),
            ("192.0.2.0/24", "192.0.2.7", 443, true), ("192.0.2.0/24", "192.0.3.7", 443, false),
            ("192.0.2.7", "192.0.2.7", 443, true), ("192.0.2.7:80", "192.0.2.7", 443, false),
            ("[2001:db8::1]:443", "2001:db8:0::1", 443, true),
            ("2001:db8::/32", "2001:db8::2", 443, true),
            (" a , ,b ", "b", 443, true), ("2.7", "192.0.2.7", 443, false),
            ("", "localhost", 443, true), ("", "127.1.2.3", 443, true), ("", "::1", 443, true),
        ])
    func exceptions(list: String, host: String, port: Int, isCovered: Bool) {
        #expect(ProxyExceptions(list).cover(host, port: port) == isCovered)
    }

    private static let server = "https://h.example:6443"

    @Test("The environment names a proxy by the server's scheme, upper case first")
    func environment() throws {
        func proxy(_ environment: [String: String], _ server: String = Self.server) throws
            -> String?
        {
            try ProxyServer.named(by: environment, for: server)?.description
        }
        let both = ["HTTPS_PROXY": "http://a:1", "https_proxy": "http://b:2", "HTTP_PROXY": "c:3"]
        #expect(try proxy(both) == "a:1 (HTTPS_PROXY)")
        #expect(try proxy(["HTTPS_PROXY": "", "https_proxy": "b:2"]) == "b:2 (https_proxy)")
        #expect(try proxy(both, "http://h.example") == "c:3 (HTTP_PROXY)")
        #expect(try proxy(["HTTP_PROXY": "c:3"]) == nil)
        #expect(try proxy(["HTTPS_PROXY": "a:1", "no_proxy": "h.example"]) == nil)
        #expect(try proxy(["HTTPS_PROXY": "a:1", "NO_PROXY": "h.example:443"]) != nil)
        #expect(try proxy(["HTTPS_PROXY": "socks5://a:1", "NO_PROXY": "example"]) == nil)
        let error = #expect(throws: KubernetesError.self) {
            try ProxyServer.named(by: ["HTTPS_PROXY": "socks5://a:1"], for: Self.server)
        }
        #expect(
            error?.description
                == "read HTTPS_PROXY: it names no proxy that is asked by HTTP; write it like "
                + "http://proxy:3128, or add h.example to NO_PROXY")
    }

    @Test("A server that is named by an address needs a name for its certificate behind a proxy")
    func addressBehindProxy() throws {
        let environment = ["HTTPS_PROXY": "http://a:1"]
        var configuration = KubernetesConfiguration(server: "https://192.0.2.1:6443", origin: "o")
        let error = #expect(throws: KubernetesError.self) {
            try configuration.behindProxy(of: environment)
        }
        #expect(error?.description.contains("set tls-server-name in the kubeconfig") == true)
        #expect(
            try configuration.behindProxy(
                of: ["NO_PROXY": "192.0.2.0/24"].merging(environment) { $1 })
                == configuration)
        configuration.serverName = "kubernetes.default.svc"
        #expect(try configuration.behindProxy(of: environment).proxy?.host == "a")
        configuration.serverName = nil
        configuration.skipsVerification = true
        #expect(try configuration.behindProxy(of: environment).proxy?.host == "a")
    }
}
