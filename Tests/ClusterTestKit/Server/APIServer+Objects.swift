// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Single objects.
extension APIServer {
    func get(
        _ request: APIRequest, _ resource: APIResource, _ exchange: Exchange
    ) throws(APIStatus) {
        let key = try key(request, resource, name: request.name)
        guard let object = cluster.withLock({ $0.object(key, of: resource) }) else {
            throw .notFound(key.name, resource)
        }
        exchange.respond(200, [object.text(of: resource)])
    }

    func create(
        _ request: APIRequest, _ resource: APIResource, _ exchange: Exchange
    ) throws(APIStatus) {
        guard request.name == nil else { throw .methodNotAllowed() }
        let tree = try tree(request, resource)
        let metadata = tree["metadata"]
        let requiresNamespaces = behaviour.requiresNamespaces
        let namespace = request.namespace
        let created = cluster.withLock { cluster -> Result<StoredObject, APIStatus> in
            let generated = metadata?["generateName"]?.string.map {
                "\($0)\(String(cluster.revision, radix: 36))"
            }
            guard let name = metadata?["name"]?.string ?? generated else {
                return .failure(.badRequest("name or generateName is required"))
            }
            let key = StoredObject.Key(namespace: namespace ?? "", name: name)
            if resource.isNamespaced, requiresNamespaces,
                let namespaces = cluster.resource(group: "", version: "v1", plural: "namespaces"),
                cluster.object(StoredObject.Key(name: namespace ?? ""), of: namespaces) == nil
            {
                return .failure(.notFound(namespace ?? "", namespaces))
            }
            if cluster.object(key, of: resource) != nil {
                return .failure(.alreadyExists(name, resource))
            }
            return .success(cluster.put(tree, at: key, of: resource))
        }
        exchange.respond(201, [try created.get().text(of: resource)])
    }

    /// Replaces or patches.
    func change(
        _ request: APIRequest, _ resource: APIResource, _ exchange: Exchange
    ) throws(APIStatus) {
        let key = try key(request, resource, name: request.name)
        let given = try tree(request, resource)
        let isPatch = request.verb == "patch"
        if isPatch {
            let type = request.headers.first(name: "content-type") ?? ""
            guard type.contains("merge-patch+json") else {
                throw .unsupportedPatch
            }
        }
        let isStatus = request.subresource == "status"
        let changed = cluster.withLock { cluster -> Result<StoredObject, APIStatus> in
            guard let old = cluster.object(key, of: resource) else {
                return .failure(.notFound(key.name, resource))
            }
            if let expected = given["metadata"]?["resourceVersion"]?.string,
                expected != "\(old.revision)"
            {
                return .failure(.conflict(key.name, resource))
            }
            var new = given
            let tree = old.tree(of: resource)
            if isPatch { new = tree.merged(with: given) }
            if isStatus {
                let status = new["status"]
                new = tree
                new["status"] = status
            }
            return .success(cluster.put(new, at: key, of: resource))
        }
        exchange.respond(200, [try changed.get().text(of: resource)])
    }

    func delete(
        _ request: APIRequest, _ resource: APIResource, _ exchange: Exchange
    ) throws(APIStatus) {
        let key = try key(request, resource, name: request.name)
        guard let last = cluster.withLock({ $0.delete(key, of: resource) }) else {
            throw .notFound(key.name, resource)
        }
        if resource.name == "pods" || resource.name == "namespaces" {
            return exchange.respond(200, [last.text(of: resource)])
        }
        let details = JSONTree.members(
            ("name", .text(key.name)),
            ("group", resource.group.isEmpty ? nil : .text(resource.group)),
            ("kind", .text(resource.plural)), ("uid", .text(last.uid)))
        let status = JSONTree.members(
            ("kind", "Status"), ("apiVersion", "v1"), ("metadata", .object([])),
            ("status", "Success"), ("details", details))
        exchange.respond(200, [status.json])
    }

    private func key(
        _ request: APIRequest, _ resource: APIResource, name: String?
    ) throws(APIStatus) -> StoredObject.Key {
        guard let name else { throw .methodNotAllowed() }
        guard resource.isNamespaced == (request.namespace != nil) else { throw .noPath }
        return StoredObject.Key(namespace: request.namespace ?? "", name: name)
    }

    private func tree(
        _ request: APIRequest, _ resource: APIResource
    ) throws(APIStatus) -> JSONTree {
        let type = request.headers.first(name: "content-type") ?? "json"
        guard type.contains("json") || type.contains("*/*") else {
            throw .unsupportedBody(type)
        }
        guard let tree = try? JSONTree(parsing: request.body), case .object = tree else {
            throw .badRequest("the object provided is unrecognized: couldn't parse it as JSON")
        }
        let kind = tree["kind"]?.string
        guard kind == nil || kind == resource.kind else {
            throw .badRequest("\(kind ?? "") does not match \(resource.kind)")
        }
        return tree
    }
}

extension APIStatus {
    static func unsupportedBody(_ type: String) -> APIStatus {
        APIStatus(
            code: 415, reason: "UnsupportedMediaType",
            message: "the body of the request was in an unknown format (\(type)) - accepted media "
                + "types include: application/json",
            details: .object([]))
    }

    static let unsupportedPatch = APIStatus(
        code: 415, reason: "UnsupportedMediaType",
        message: "the body of the request was in an unknown format - accepted media types include: "
            + "application/merge-patch+json, application/strategic-merge-patch+json",
        details: .object([]))
}
