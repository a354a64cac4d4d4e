// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import FlyingFox
import Foundation

/// What ``HealthServer`` answers.
struct HealthRoutes: Sendable {
    let registry: MetricsRegistry
    let isAlive: @Sendable () async -> Bool
    let status: @Sendable () async -> AgentStatus
    let refresh: @Sendable () async -> Void

    private static let index = """
        sluice agent \(SluiceVersion.current)

        /healthz  200 while the agent's loop is alive
        /readyz   200 once in sync and in force, with how stale it is and what is wrong all the same;
                  otherwise 503, and why
        /metrics  for Prometheus
        /status   what the agent says of itself, as JSON

        """

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let answer: (HTTPRequest) async -> HTTPResponse
        switch request.path {
        case "/": answer = { _ in text(.ok, Self.index) }
        case "/healthz": answer = { _ in await health() }
        case "/readyz": answer = { _ in await readiness() }
        case "/metrics": answer = { _ in await metrics() }
        case "/status": answer = { _ in await statusJSON() }
        default: return text(.notFound, "there is nothing here; / lists what there is\n")
        }
        guard request.method == .GET else {
            // The answer to HEAD has no body (RFC 9110, 9.3.2).
            let message = request.method == .HEAD ? "" : "only GET is answered here\n"
            var response = text(.methodNotAllowed, message)
            response.headers[HTTPHeader("Allow")] = "GET"
            return response
        }
        return await answer(request)
    }

    private func health() async -> HTTPResponse {
        await isAlive()
            ? text(.ok, "alive\n")
            : text(.serviceUnavailable, "the agent's loop has stopped, or hangs; restart it\n")
    }

    private func readiness() async -> HTTPResponse {
        let status = await status()
        if status.isReady {
            return text(.ok, status.readiness.map { "\($0)\n" }.joined())
        }
        let reasons = status.reasonsNotReady.map { "\($0)\n" }
        return text(.serviceUnavailable, reasons.joined())
    }

    private func metrics() async -> HTTPResponse {
        await refresh()
        return text(.ok, registry.text(), type: ExpositionText.contentType)
    }

    private func statusJSON() async -> HTTPResponse {
        do {
            return HTTPResponse(
                statusCode: .ok,
                headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: try await status().json())
        } catch {
            return text(.internalServerError, "the status cannot be written as JSON: \(error)\n")
        }
    }

    private func text(
        _ code: HTTPStatusCode, _ text: String, type: String = "text/plain; charset=utf-8"
    ) -> HTTPResponse {
        HTTPResponse(
            statusCode: code, headers: [.contentType: type, .cacheControl: "no-store"],
            body: Data(text.utf8))
    }
}
