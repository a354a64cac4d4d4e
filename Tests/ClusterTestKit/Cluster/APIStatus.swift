// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// An answer other than what was asked for, worded as the API server words it.
public struct APIStatus: Error, Sendable, CustomStringConvertible {
    /// The HTTP status.
    public var code: Int
    /// `NotFound`; nil for answers in plain text.
    public var reason: String?
    /// For people.
    public var message: String
    var details: JSONTree?
    /// A token to go on with.
    var continuation: String?

    public var description: String { "\(code) \(message)" }

    /// The Status object; the message alone where the server answers in plain text.
    var text: String {
        guard let reason else { return message + "\n" }
        let metadata = JSONTree.members(("continue", continuation.map(JSONTree.text)))
        return JSONTree.members(
            ("kind", "Status"), ("apiVersion", "v1"), ("metadata", metadata),
            ("status", "Failure"), ("message", .text(message)), ("reason", .text(reason)),
            ("details", details), ("code", .word("\(code)"))
        ).json
    }

    /// No such path: neither the group nor the resource is known.
    static let noPath = APIStatus(code: 404, reason: nil, message: "404 page not found")

    static let unauthorized = APIStatus(
        code: 401, reason: "Unauthorized", message: "Unauthorized")

    static func badRequest(_ message: String) -> APIStatus {
        APIStatus(code: 400, reason: "BadRequest", message: message)
    }

    static func methodNotAllowed() -> APIStatus {
        APIStatus(
            code: 405, reason: "MethodNotAllowed",
            message: "the server does not allow this method on the requested resource",
            details: .object([]))
    }

    static func notFound(_ name: String, _ resource: APIResource) -> APIStatus {
        APIStatus(
            code: 404, reason: "NotFound", message: "\(resource.name) \"\(name)\" not found",
            details: details(name, resource))
    }

    static func alreadyExists(_ name: String, _ resource: APIResource) -> APIStatus {
        APIStatus(
            code: 409, reason: "AlreadyExists",
            message: "\(resource.name) \"\(name)\" already exists",
            details: details(name, resource))
    }

    static func conflict(_ name: String, _ resource: APIResource) -> APIStatus {
        APIStatus(
            code: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(resource.name) \"\(name)\": the object "
                + "has been modified; please apply your changes to the latest version and try again",
            details: details(name, resource))
    }

    static func invalidOptions(_ problem: String) -> APIStatus {
        APIStatus(
            code: 422, reason: "Invalid",
            message: "ListOptions.meta.k8s.io \"\" is invalid: \(problem)",
            details: .members(("group", "meta.k8s.io"), ("kind", "ListOptions")))
    }

    private static func details(_ name: String, _ resource: APIResource) -> JSONTree {
        .members(
            ("name", name.isEmpty ? nil : .text(name)),
            ("group", resource.group.isEmpty ? nil : .text(resource.group)),
            ("kind", .text(resource.plural)))
    }

    /// The next page of a list comes too late.
    static func expiredContinuation(fresh token: String) -> APIStatus {
        APIStatus(
            code: 410, reason: "Expired",
            message: "The provided continue parameter is too old to display a consistent list "
                + "result. You can start a new list without the continue parameter, or use the "
                + "continue token in this response to retrieve the remainder of the results. "
                + "Continuing with the provided token results in an inconsistent list - objects "
                + "that were created, modified, or deleted between the time the first chunk was "
                + "returned and now may show up in the list.",
            continuation: token)
    }

    static let listTooOld = APIStatus(
        code: 410, reason: "Expired",
        message: "The resourceVersion for the provided list is too old.")

    static func watchTooOld(_ asked: UInt64, oldest: UInt64) -> APIStatus {
        APIStatus(
            code: 410, reason: "Expired", message: "too old resource version: \(asked) (\(oldest))")
    }

    static func tooLarge(_ asked: UInt64, current: UInt64) -> APIStatus {
        let cause = JSONTree.members(
            ("reason", "ResourceVersionTooLarge"), ("message", "Too large resource version"))
        return APIStatus(
            code: 504, reason: "Timeout",
            message: "Too large resource version: \(asked), current: \(current)",
            details: .members(("causes", .list([cause])), ("retryAfterSeconds", 1)))
    }

    /// What the user may not do.
    static func forbidden(
        _ user: String, _ verb: String, _ resource: APIResource, namespace: String?, name: String?
    ) -> APIStatus {
        let object = name.map { " \"\($0)\"" } ?? ""
        let place = namespace.map { "in the namespace \"\($0)\"" } ?? "at the cluster scope"
        return APIStatus(
            code: 403, reason: "Forbidden",
            message: "\(resource.name)\(object) is forbidden: User \"\(user)\" cannot \(verb) "
                + "resource \"\(resource.plural)\" in API group \"\(resource.group)\" \(place)",
            details: details(name ?? "", resource))
    }
}
