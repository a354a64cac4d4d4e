// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import ClusterSources
import ClusterTestKit
import Foundation
import PolicyDocuments
import PolicyModel
import PolicyTestKit

/// Namespaces of one test's own on a server that others may use, and all that happens in them.
///
/// Pods are bound to no node and run nowhere: no scheduler has the name that they ask for, and their
/// addresses are written into their status.
struct ServerScene {
    /// By which namespaces are found that a killed test has left.
    static let mark = "sluice.test/scene"
    private static let merge = "application/merge-patch+json"

    let client: PlainClient
    /// With names that nobody else has.
    let namespaces: [String]
    /// What the server does not permit, and was done without.
    private(set) var renunciations: Set<String> = []
    /// How often everything was done.
    private(set) var deeds: [String: Int] = [:]
    private var random: SeededGenerator
    private var objects: [SceneKind: Set<ObjectPlace>] = [:]
    private var count = 0

    /// Makes the namespaces, with an account each.
    ///
    /// - Throws: `PlainClient.Refusal` if the server does not let it.
    init(_ client: PlainClient, seed: UInt64) async throws {
        self.client = client
        random = SeededGenerator(seed: seed)
        let suffix = UUID().uuidString.prefix(8).lowercased()
        namespaces = ["a", "b", "c"].map { "sluice-test-\(suffix)-\($0)" }
        do {
            for namespace in namespaces {
                try await client.demand(
                    "POST", "/api/v1/namespaces",
                    #"{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"\#(namespace)","#
                        + #""labels":{"\#(Self.mark)":"\#(suffix)"}}}"#)
                try await make(
                    .serviceAccounts, "tester", in: namespace,
                    "{\"automountServiceAccountToken\":false}")
            }
        } catch {
            await removeAll()
            throw error
        }
    }

    // MARK: Changes

    /// Changes something.
    mutating func act() async throws {
        let namespace = random.pick(namespaces)
        let deed = random.pick(weighted: [
            "pod": 6, "pod gone": 3, "pod's labels": 3, "pod's address": 2, "policy": 3,
            "policy's rules": 2, "policy gone": 1, "namespace's labels": 2, "account's labels": 1,
            "slice": 1, "slice's addresses": 1, "slice gone": 1,
        ])
        switch deed {
        case "pod": try await makePod(in: namespace)
        case "pod gone": try await removeOne(of: .pods)
        case "pod's labels": try await patchOne(of: .pods, metadata)
        case "pod's address":
            if let pod = one(of: .pods) { try await setAddress(of: pod) }
        case "policy":
            try await make(.policies, name("policy"), in: namespace, policySpec)
        case "policy's rules": try await patchOne(of: .policies, policySpec)
        case "policy gone": try await removeOne(of: .policies)
        case "namespace's labels":
            try await client.demand(
                "PATCH", "/api/v1/namespaces/\(namespace)", metadata, type: Self.merge)
        case "account's labels": try await patchOne(of: .serviceAccounts, metadata)
        case "slice": try await makeSlice(in: namespace)
        case "slice's addresses": try await patchOne(of: .slices, endpoints)
        default: try await removeOne(of: .slices)
        }
        deeds[deed, default: 0] += 1
    }

    private mutating func name(_ kind: String) -> String {
        count += 1
        return "\(kind)-\(count)"
    }

    /// An address that no other object has had.
    private mutating func address() -> String {
        count += 1
        // For tests of devices (RFC 2544): no pod has such an address.
        return "198.18.\(count / 250).\(count % 250 + 1)"
    }

    private var metadata: String {
        mutating get {
            let app = random.pick(["web", "api", "db"])
            let team = random.chance(50) ? "\"red\"" : "null"
            return #"{"metadata":{"labels":{"app":"\#(app)","team":\#(team)}}}"#
        }
    }

    private var policySpec: String {
        mutating get {
            let app = random.pick(["web", "api", "db"])
            let port = random.number(in: 1...65_535)
            let types = random.pick([#""Ingress""#, #""Ingress","Egress""#])
            let block = "192.0.2.\(random.number(in: 0...255))/32"
            let peer = random.pick([
                #"{"podSelector":{"matchLabels":{"app":"\#(app)"}}}"#,
                #"{"namespaceSelector":{"matchLabels":{"team":"red"}}}"#,
                #"{"ipBlock":{"cidr":"\#(block)"}}"#,
            ])
            return #"{"spec":{"podSelector":{"matchLabels":{"app":"\#(app)"}},"policyTypes":"#
                + #"[\#(types)],"ingress":[{"from":[\#(peer)],"ports":[{"protocol":"TCP","#
                + #""port":\#(port)}]}]}}"#
        }
    }

    private var endpoints: String {
        mutating get { #"{"endpoints":[{"addresses":["\#(address())"]}]}"# }
    }

    private mutating func makePod(in namespace: String) async throws {
        let name = name("pod")
        let spec =
            #"{"metadata":{"labels":{"app":"web"}},"spec":{"schedulerName":"sluice-test-none","#
            + #""serviceAccountName":"tester","automountServiceAccountToken":false,"#
            + #""containers":[{"name":"c","image":"registry.k8s.io/pause:3.10","ports":"#
            + #"[{"name":"http","containerPort":8080}]}]}}"#
        try await make(.pods, name, in: namespace, spec)
        try await setAddress(
            of: ObjectPlace(
                resource: SceneKind.pods.resource, namespace: namespace, name: name))
    }

    private mutating func setAddress(of pod: ObjectPlace) async throws {
        let address = address()
        let answer = try await client.ask(
            "PATCH", "\(path(of: pod, .pods))/status",
            #"{"status":{"podIP":"\#(address)","podIPs":[{"ip":"\#(address)"}]}}"#,
            type: Self.merge)
        // Whoever may make pods may not always say how they are.
        if answer.code == 403 {
            renunciations.insert("pods/status may not be patched")
        } else if !answer.isSuccess {
            throw PlainClient.Refusal(request: "PATCH status of \(pod)", answer: answer)
        }
    }

    private mutating func makeSlice(in namespace: String) async throws {
        let body =
            #"{"metadata":{"labels":{"kubernetes.io/service-name":"web"}},"addressType":"IPv4","#
            + #""ports":[{"name":"http","protocol":"TCP","port":8080}],"#
            + endpoints.dropFirst()
        try await make(.slices, name("slice"), in: namespace, body)
    }

    /// Makes an object of what `content` says, and of its name.
    private mutating func make(
        _ kind: SceneKind, _ name: String, in namespace: String, _ content: String
    ) async throws {
        var tree = try JSONTree(parsing: content)
        tree["apiVersion"] = .text(kind.type.apiVersion)
        tree["kind"] = .text(kind.type.kind)
        var metadata = tree["metadata"] ?? .object([])
        metadata["name"] = .text(name)
        metadata["namespace"] = .text(namespace)
        tree["metadata"] = metadata
        try await client.demand("POST", kind.path(in: namespace), tree.json)
        objects[kind, default: []].insert(
            ObjectPlace(resource: kind.resource, namespace: namespace, name: name))
    }

    /// One of the objects that were made; nil if there is none.
    private mutating func one(of kind: SceneKind) -> ObjectPlace? {
        let places = objects[kind, default: []].sorted { $0.description < $1.description }
        return places.isEmpty ? nil : random.pick(places)
    }

    private mutating func patchOne(of kind: SceneKind, _ patch: String) async throws {
        guard let place = one(of: kind) else { return }
        try await client.demand("PATCH", path(of: place, kind), patch, type: Self.merge)
    }

    private mutating func removeOne(of kind: SceneKind) async throws {
        guard let place = one(of: kind) else { return }
        try await client.demand("DELETE", "\(path(of: place, kind))?gracePeriodSeconds=0")
        objects[kind]?.remove(place)
    }

    private func path(of place: ObjectPlace, _ kind: SceneKind) -> String {
        "\(kind.path(in: place.namespace ?? ""))/\(place.name)"
    }

    // MARK: The end

    /// Everything in the namespaces, and they themselves, as lists show them now.
    func readFromScratch() async throws -> ClusterState {
        var store = ObjectStore()
        for namespace in namespaces {
            let answer = try await client.ask("GET", "/api/v1/namespaces/\(namespace)")
            if answer.code == 404 { continue }
            store.put(
                Array(answer.text.utf8), as: TypeName(apiVersion: "v1", kind: "Namespace"),
                at: ObjectPlace(resource: "namespaces", namespace: nil, name: namespace))
            for kind in SceneKind.allCases {
                let list = try await client.demand("GET", kind.path(in: namespace))
                for item in list.tree?["items"]?.elements ?? [] {
                    store.put(
                        Array(item.json.utf8), as: kind.type,
                        at: ObjectPlace(
                            resource: kind.resource, namespace: namespace,
                            name: item["metadata"]?["name"]?.string ?? ""))
                }
            }
        }
        _ = store.settle(isComplete: true)
        return store.state.part(in: namespaces)
    }

    /// Removes all that was made; what cannot be removed is said.
    mutating func removeAll() async {
        do {
            for (kind, places) in objects {
                for place in places {
                    _ = try await client.ask(
                        "DELETE", "\(path(of: place, kind))?gracePeriodSeconds=0")
                }
            }
            objects = [:]
            for namespace in namespaces {
                let answer = try await client.ask("DELETE", "/api/v1/namespaces/\(namespace)")
                guard answer.isSuccess || answer.code == 404 || answer.code == 409 else {
                    throw PlainClient.Refusal(request: "DELETE \(namespace)", answer: answer)
                }
            }
        } catch {
            print("left on the server, namespaces \(namespaces): \(error)")
        }
    }
}

extension ClusterState {
    /// What of a state is in some namespaces, with these themselves, every list in order of name.
    func part(in namespaces: [String]) -> ClusterState {
        let names = Set(namespaces)
        var part = ClusterState(tiers: [])
        part.namespaces = self.namespaces.filter { names.contains($0.name) }
        part.endpoints = endpoints.filter { names.contains($0.id.namespace) }
        part.policies = policies.filter { names.contains($0.id.namespace ?? "") }
        part.serviceAccounts = serviceAccounts.filter { names.contains($0.id.namespace) }
        part.serviceSlices = serviceSlices.filter { names.contains($0.id.namespace) }
        return part.inOrder
    }
}
