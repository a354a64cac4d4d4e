// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Testing

@testable import ClusterServers

@Suite struct EtcdErrorTests {
    @Test(
        "What servers say is understood, and comes with what to do",
        arguments: [
            (
                "etcdserver: mvcc: required revision has been compacted", 11, 400,
                EtcdError.Kind.compacted, ""
            ),
            ("etcdserver: invalid auth token", 16, 401, .token, "a new one is asked for"),
            ("etcdserver: revision of auth store is old", 3, 400, .token, "a new one"),
            ("etcdserver: permission denied", 7, 403, .denied, ""),
            ("etcdserver: user name is empty", 3, 400, .failure, "name a user and a password"),
            ("etcdserver: no leader", 14, 503, .failure, "most members"),
            ("grpc: received message larger than max (5 vs. 4)", 8, 429, .tooLarge, ""),
            (
                "connection error: authentication handshake failed: bad certificate", 14, 503,
                .failure, "clientAuth"
            ),
            ("connection closed", 14, 503, .failure, "clientAuth"),
            ("404 page not found", nil, 404, .failure, "etcd 3.4 or newer is needed"),
            ("", nil, 502, .failure, "HTTP status 502"),
        ] as [(String, Int?, Int?, EtcdError.Kind, String)])
    func meanings(message: String, code: Int?, status: Int?, kind: EtcdError.Kind, part: String) {
        let error = EtcdError(
            endpoint: "http://e", "reading tiers", message: message, code: code, status: status)
        #expect(error.kind == kind)
        #expect(error.description.hasPrefix("etcd http://e: reading tiers: \(message)"))
        #expect(part.isEmpty || error.description.contains(part))
    }
}
