// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// One request to a Kubernetes API.
struct APICall: Hashable, Sendable, CustomStringConvertible {
    /// As RBAC calls it: `list`, `watch`, `get`, `create`, `patch`.
    var verb: String
    /// Without the server's address.
    var path: String
    /// Parameters in order; they are escaped when they are sent.
    var query: [Parameter] = []
    /// Empty for the core API; nil for what is no resource.
    var group: String?
    /// The plural of what is asked for.
    var resource: String?
    /// What is sent, and of what type.
    var content: Content?

    /// A name and a value of the query.
    struct Parameter: Hashable, Sendable {
        var name: String
        var value: String
    }

    /// A body.
    struct Content: Hashable, Sendable {
        var type: String
        var bytes: [UInt8]
    }

    /// `list tiers.crd.projectcalico.org`, or with the path what is no resource.
    var description: String {
        guard let resource else { return "\(verb) \(path)" }
        guard let group, !group.isEmpty else { return "\(verb) \(resource)" }
        return "\(verb) \(resource).\(group)"
    }

    /// What allows it, as a rule of a ClusterRole; nil for what is no resource.
    var rule: String? {
        guard let resource else { return nil }
        let verbs = ["list", "watch"].contains(verb) ? ["get", "list", "watch"] : [verb]
        let names = verbs.map { "\"\($0)\"" }.joined(separator: ", ")
        return
            #"{apiGroups: ["\#(group ?? "")"], resources: ["\#(resource)"], verbs: [\#(names)]}"#
    }

    /// Path and query as they are sent.
    var target: String {
        guard !query.isEmpty else { return path }
        return path + "?"
            + query.map { "\($0.name)=\(Self.escaped($0.value))" }.joined(separator: "&")
    }

    /// All but the characters that mean themselves everywhere (RFC 3986, unreserved).
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                escaped += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return escaped
    }
}
