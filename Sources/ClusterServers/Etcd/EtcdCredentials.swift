// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import NIOSSL

/// The files by which server and client know each other, read anew when they change.
struct EtcdCredentials {
    private let configuration: EtcdConfiguration
    private var contents: [Data?] = []
    private(set) var tls = TLSConfiguration.makeClientConfiguration()

    init(_ configuration: EtcdConfiguration) {
        self.configuration = configuration
    }

    /// Reads the files; what has not changed stays the same value, so that connections are kept.
    mutating func refresh() throws(EtcdError) {
        let files = [
            configuration.authorityFile, configuration.certificateFile, configuration.keyFile,
        ]
        var current: [Data?] = []
        for file in files {
            if let file {
                current.append(try EtcdConfiguration.contents(of: file))
            } else {
                current.append(nil)
            }
        }
        guard current != contents else { return }
        var tls = TLSConfiguration.makeClientConfiguration()
        if let file = files[0], let data = current[0] {
            tls.trustRoots = .certificates(try Self.certificates(data, file))
        }
        if let file = files[1], let data = current[1] {
            tls.certificateChain = try Self.certificates(data, file).map { .certificate($0) }
        }
        if let file = files[2], let data = current[2] {
            do {
                tls.privateKey = .privateKey(
                    try NIOSSLPrivateKey(bytes: Array(data), format: .pem))
            } catch {
                throw Self.unreadable(file, "it holds no private key in PEM")
            }
        }
        self.tls = tls
        contents = current
    }

    private static func certificates(
        _ data: Data, _ file: String
    ) throws(EtcdError) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(Array(data)),
            !certificates.isEmpty
        else { throw unreadable(file, "it holds no certificate in PEM") }
        return certificates
    }

    private static func unreadable(_ file: String, _ cause: String) -> EtcdError {
        EtcdError(
            .configuration, "reading \(file)", cause,
            remedy: "name a file that begins with -----BEGIN")
    }
}
