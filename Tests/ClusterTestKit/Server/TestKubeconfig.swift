// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NIOSSL

/// The file from which clients learn where a server is and who they are.
public struct TestKubeconfig: Sendable {
    /// Its text.
    public let text: String

    private init(_ server: APIServer, user: String) {
        let authority =
            server.certificates.map { "\n    certificate-authority: \($0.authority)" } ?? ""
        text = """
            apiVersion: v1
            kind: Config
            current-context: test
            clusters:
            - name: test
              cluster:
                server: \(server.url)\(authority)
            contexts:
            - name: test
              context:
                cluster: test
                user: test
            users:
            - name: test
              user:
            \(user)

            """
    }

    /// A client with a certificate, whom the server knows from now on.
    public init(_ server: APIServer, certificateOf user: String) throws {
        guard let certificates = server.certificates else {
            throw APIServer.SeedError(description: "a client's certificate needs TLS")
        }
        let pair = try certificates.client(user)
        for certificate in try NIOSSLCertificate.fromPEMFile(pair.certificate) {
            server.access.accept(certificate: try certificate.toDERBytes(), user: user)
        }
        self.init(
            server,
            user: """
                    client-certificate: \(pair.certificate)
                    client-key: \(pair.key)
                """)
    }

    /// A client with a token, whom the server knows from now on.
    public init(_ server: APIServer, token: String) {
        server.access.accept(token: token)
        self.init(server, user: "    token: \(token)")
    }

    /// A client that says nothing of itself.
    public init(_ server: APIServer) {
        self.init(server, user: "    {}")
    }
}
