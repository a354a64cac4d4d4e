// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import ClusterTestKit
import Foundation

@main
struct TestServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "TestServer",
        abstract: "Run the tests' Kubernetes API server by itself.",
        discussion: """
            Listens on a free port of 127.0.0.1, by TLS and for one token, writes a kubeconfig that says \
            how to reach it, and prints that file's path. It keeps namespaces, pods, policies and \
            custom resources as the real one does, runs nothing, and forgets everything at its end.

            EXAMPLE
              TestServer --kubeconfig /tmp/kubeconfig &
              KUBECONFIG=/tmp/kubeconfig kubectl get namespaces
            """)

    @Option(help: ArgumentHelp("Where the kubeconfig is written.", valueName: "file"))
    var kubeconfig: String

    @Flag(help: "End with the standard input, for those who start it as a child.")
    var endWithInput = false

    func run() async throws {
        let server = try await APIServer.start(tls: TestCertificates())
        server.behave { $0.bookmarkInterval = 1_000 }
        try server.put(#"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"default"}}"#)
        try TestKubeconfig(server, token: UUID().uuidString).text.write(
            toFile: kubeconfig, atomically: true, encoding: .utf8)
        print(kubeconfig)
        guard endWithInput else {
            await Self.signal()
            return await server.stop()
        }
        // Nothing else is done by tasks here: the server has threads of its own.
        while readLine() != nil {}
        await server.stop()
    }

    /// Waits for SIGTERM or SIGINT, after which what the server made is removed.
    private static func signal() async {
        let (signals, continuation) = AsyncStream<Void>.makeStream()
        let sources = [SIGTERM, SIGINT].map { number in
            Foundation.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
        for await _ in signals { break }
        for source in sources { source.cancel() }
    }
}
