// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ArgumentParser
import Foundation
import FoundationNetworking
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
        help: ArgumentHelp("Where the agent listens (its --listen).", valueName: "host:port"))
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
        guard let url = URL(string: "http://\(address)/status"), url.host?.isEmpty == false,
            url.port != nil, url.path == "/status"
        else {
            throw Failure(
                "--address: this is no address; write host:port, such as \(ListenAddress.standard)")
        }
        // An agent is asked directly, whatever proxies are set for other purposes.
        setenv("no_proxy", "*", 1)
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = 5
        configuration.timeoutIntervalForResource = 5
        let data: Data
        let response: URLResponse
        do {
            (data, response) = try await URLSession(configuration: configuration).data(from: url)
        } catch {
            throw Failure(
                """
                no agent answers at \(address): \(Self.reason(error)); start one with sluice agent, \
                or give with --address where it listens (its --listen)
                """)
        }
        guard (response as? HTTPURLResponse)?.statusCode == 200,
            let status = try? AgentStatus(json: data)
        else {
            throw Failure(
                """
                what answers at \(address) is no agent of this version (\(SluiceVersion.current)); \
                give with --address where the agent listens
                """)
        }
        return status
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? URLError)?.code {
        case .timedOut: "no answer within 5 s"
        case .cannotConnectToHost: "the connection was refused"
        case .cannotFindHost: "the name is not known"
        default: LineText.printable(error.localizedDescription)
        }
    }
}
