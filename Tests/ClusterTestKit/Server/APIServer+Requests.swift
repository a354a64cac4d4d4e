// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NIOCore
import NIOHTTP1

extension APIServer {
    /// Answers a request.
    func serve(
        _ request: APIRequest, _ head: HTTPRequestHead, certificate: [UInt8]?,
        on channel: any Channel
    ) {
        requests.record(request)
        let fault = faults.next(for: request)
        let exchange = Exchange(
            on: channel, keepsAlive: head.isKeepAlive, fault: fault,
            clockSkew: behaviour.clockSkew)
        switch fault {
        case .hang: return
        case .drop: return exchange.close()
        case .answer(let code, let wait):
            return exchange.respond(
                APIStatus(faulty: code), headers: wait.map { [("Retry-After", "\($0)")] } ?? [])
        default: break
        }
        do throws(APIStatus) {
            guard let user = access.user(of: request, certificate: certificate) else {
                throw .unauthorized
            }
            if let media = request.headers.first(name: "accept"), !media.contains("json"),
                !media.contains("*/*")
            {
                throw .notAcceptable
            }
            guard request.resource != nil else { return try discover(request, exchange) }
            try answer(request, as: user, exchange)
        } catch {
            exchange.respond(error)
        }
    }

    /// Answers a request for a resource.
    private func answer(
        _ request: APIRequest, as user: String, _ exchange: Exchange
    ) throws(APIStatus) {
        let known = cluster.withLock {
            $0.resource(group: request.group, version: request.version, plural: request.plural)
        }
        guard let resource = known else { throw .noPath }
        if access.refuses(request) {
            throw .forbidden(
                user, request.verb, resource, namespace: request.namespace, name: request.name)
        }
        switch request.verb {
        case "list": try list(request, resource, exchange)
        case "watch": try watch(request, resource, exchange)
        case "get": try get(request, resource, exchange)
        case "create": try create(request, resource, exchange)
        case "update", "patch": try change(request, resource, exchange)
        case "delete": try delete(request, resource, exchange)
        default: throw .methodNotAllowed()
        }
    }

    private func list(
        _ request: APIRequest, _ resource: APIResource, _ exchange: Exchange
    ) throws(APIStatus) {
        let list = try ListRequest(request.query, try selection(request, resource))
        let item: String? = if case .item(let text) = exchange.fault { text } else { nil }
        let answer = cluster.withLock { cluster -> Result<[String], APIStatus> in
            do throws(APIStatus) {
                return .success(try cluster.list(list, of: resource, inserting: item))
            } catch {
                return .failure(error)
            }
        }
        exchange.respond(200, try answer.get())
    }

    func selection(
        _ request: APIRequest, _ resource: APIResource
    ) throws(APIStatus) -> ObjectSelection {
        try ObjectSelection(
            namespace: request.namespace, labels: request.query["labelSelector"],
            fields: request.query["fieldSelector"], of: resource)
    }
}

extension APIStatus {
    static let notAcceptable = APIStatus(
        code: 406, reason: "NotAcceptable",
        message: "only the following media types are accepted: application/json",
        details: .object([]))

    /// What a server says that is in trouble.
    init(faulty code: Int) {
        switch code {
        case 401: self = .unauthorized
        case 404: self = .noPath
        case 410: self = .listTooOld
        case 429:
            self.init(
                code: 429, reason: nil, message: "Too many requests, please try again later.")
        case 504:
            self.init(
                code: 504, reason: "Timeout",
                message: "Timeout: request did not complete within the allotted timeout",
                details: .object([]))
        case 503:
            self.init(
                code: 503, reason: "ServiceUnavailable",
                message: "the server is currently unable to handle the request")
        default:
            self.init(
                code: code, reason: "InternalError",
                message: "Internal error occurred: etcdserver: leader changed",
                details: .members(
                    ("causes", .list([.members(("message", "etcdserver: leader changed"))]))))
        }
    }
}
