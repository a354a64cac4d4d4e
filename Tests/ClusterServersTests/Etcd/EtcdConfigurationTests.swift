// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import ClusterServers

@Suite struct EtcdConfigurationTests {
    @Test("Calico's variables are understood, and empty ones are none")
    func environment() {
        let full = EtcdConfiguration(environment: [
            "ETCD_ENDPOINTS": " https://a:2379, https://b:2379,", "ETCD_CA_CERT_FILE": "/ca",
            "ETCD_CERT_FILE": "/cert", "ETCD_KEY_FILE": "/key", "ETCD_USERNAME": "user",
            "ETCD_PASSWORD": "word",
        ])
        #expect(full.endpoints == ["https://a:2379", "https://b:2379"])
        #expect(full.authorityFile == "/ca")
        #expect(full.certificateFile == "/cert")
        #expect(full.keyFile == "/key")
        #expect(full.username == "user")
        #expect(full.password == "word")
        let empty = EtcdConfiguration(environment: ["ETCD_CA_CERT_FILE": "", "ETCD_ENDPOINTS": ""])
        #expect(empty.endpoints == [])
        #expect(empty.authorityFile == nil)
        #expect(empty.username == nil)
    }

    @Test(
        "Endpoints that are one",
        arguments: ["http://10.0.0.1:2379", "https://[::1]:2379/", "https://etcd"])
    func endpoints(text: String) throws {
        let used = try EtcdConfiguration(endpoints: [text]).validated()
        #expect(used == [text.hasSuffix("/") ? String(text.dropLast()) : text])
    }

    @Test(
        "Endpoints that are none",
        arguments: [
            "10.0.0.1:2379", "etcd:2379", "unix:///run/etcd", "http://", "https://a:2379/v3", "",
            "https://user@a:2379", "https://a:b", "http://a b",
        ])
    func noEndpoints(text: String) {
        let error = #expect(throws: EtcdError.self) {
            try EtcdConfiguration(endpoints: [text]).validated()
        }
        #expect(
            error?.description
                == "etcd: reading the options: \"\(text)\" is no endpoint; write it as https://10.0.0.1:2379"
        )
    }

    @Test("Options that do not go together")
    func mistakes() {
        let endpoint = ["https://a:2379"]
        let cases: [(EtcdConfiguration, String)] = [
            (EtcdConfiguration(endpoints: []), "no endpoint is named"),
            (
                EtcdConfiguration(endpoints: endpoint, certificateFile: "/c"),
                "a certificate and its key go together"
            ),
            (
                EtcdConfiguration(endpoints: endpoint, keyFile: "/k"),
                "a certificate and its key go together"
            ),
            (EtcdConfiguration(endpoints: endpoint, username: "u"), "the user has no password"),
            (EtcdConfiguration(endpoints: endpoint, password: "p"), "the password has no user"),
            (
                EtcdConfiguration(
                    endpoints: ["http://a:2379"], certificateFile: "/c", keyFile: "/k"),
                "http://a:2379 would be asked without the certificate"
            ),
        ]
        for (configuration, cause) in cases {
            let error = #expect(throws: EtcdError.self) { try configuration.validated() }
            #expect(error?.cause == cause)
            #expect(error?.remedy != nil)
        }
    }
}
