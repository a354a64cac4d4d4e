// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import Foundation
import NodeAgent

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask the running agent how it is.",
        discussion: """
            Asks /status of the agent at an address, and waits 5 seconds at most. Needs no rights.

            EXIT CODES
              0  ready: everything has been read and is in force
              1  it runs, but is not ready
              2  no agent answers there

            EXAMPLE
              sluice status || journalctl -u sluice
            """)

    @Option(
        help: ArgumentHelp("Where the agent listens (its --listen).", valueName: "address:port"))
    var address = ListenAddress.standard.description

    @Option(help: "text: for people; json: as the agent gives it.")
    var format = OutputFormat.text

    func run() async throws {
        let status = try await fetch()
        switch format {
        case .text: Console.output(StatusText(status, now: Date()).text)
        case .json: Console.output(String(decoding: try status.json(), as: UTF8.self))
        }
        if !status.isReady { throw ExitStatus.different }
    }

    private func fetch() async throws -> AgentStatus {
        guard let address = ListenAddress(address) else {
            throw Failure(
                """
                --address: this is no address; write an IP address and a port, such as \
                \(ListenAddress.standard) or [::1]:9095
                """)
        }
        do {
            return try await AgentClient(address: address).status()
        } catch let error as AgentClientError {
            throw Failure("\(error)")
        }
    }
}
