// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import MatchIR
import NetworkPrimitives
import NftablesModel
import PolicyModel

/// Gives every object a name that is readable, the same in every run, and not another's.
///
/// A name ends in a short hash of what the object is. Where two different things hash alike, the
/// later one in the order of their descriptions gets a number behind it, so that nobody can make
/// two policies share a chain by choosing their names.
struct Names {
    private var taken: Set<String> = []

    /// What is to get a name.
    struct Nameless {
        /// Equal for what is to have one name, and for nothing else.
        var description: String
        /// A readable part of the name, which follows from the description.
        var hint = ""
    }

    /// Names for some objects of one kind, in their order.
    ///
    /// Descriptions are long, so that they are sorted and never looked up.
    mutating func allocate(_ objects: [Nameless], prefix: String) -> [String] {
        let order = objects.indices.sorted { objects[$0].description < objects[$1].description }
        let digits = StableHash.digits(of: order.map { objects[$0].description })
        var names = Array(repeating: "", count: objects.count)
        var last: Int?
        for (position, digits) in zip(order, digits) {
            if let last, objects[last].description == objects[position].description {
                names[position] = names[last]
            } else {
                names[position] = allocate(objects[position].hint, digits, prefix: prefix)
            }
            last = position
        }
        return names
    }

    private mutating func allocate(_ hint: String, _ digits: String, prefix: String) -> String {
        let stem = prefix + Self.clean(hint) + digits
        var name = stem
        var attempt = 2
        while !taken.insert(name).inserted {
            name = "\(stem)-\(attempt)"
            attempt += 1
        }
        return name
    }

    /// At most 48 characters, each of which nft takes inside a name without quotes.
    private static func clean(_ hint: String) -> String {
        let allowed = hint.unicodeScalars.prefix(48).map { scalar -> Character in
            let isPlain =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
                || ("0"..."9").contains(scalar) || "-_./".unicodeScalars.contains(scalar)
            return isPlain ? Character(scalar) : "_"
        }
        return allowed.isEmpty ? "" : String(allowed) + "-"
    }
}

/// Names of objects that are always there. Each has a prefix or form that no generated name has.
enum FixedName {
    static let forward = "forward"
    static let output = "output"
    static let dispatch = "dispatch"
    static let untracked = "untracked"
    static let isolated = "isolated"
    static let denied = "denied"
    static let deniedByPort = "denied-by-port"
    static let neighbourDiscovery = "neighbour-discovery"
    static let input = "input"
    static let beforeTranslation = "before-translation"
    static let arrival = "arrival"
    static let departure = "departure"
    static let leaveUntracked = "leave-untracked"
    static let admitted = "admitted"
    static let guards = "guards"
    /// The interfaces of the node's workloads, as far as they are known.
    static let workloadInterfaces = "workload-interfaces"
    /// How the name begins of the set of the interfaces that are host endpoints' own.
    static let hostInterfaces = "host-interfaces"
    static let guardedEgress = "egress-interfaces"
    static let workloadToHost = "workload-to-host"

    /// How the name begins of the chain that leads from an interface to its host endpoint's policies.
    static func host(_ pass: HostPass) -> String {
        pass.stage.rawValue + (pass.direction == .ingress ? "-in" : "-out")
    }

    /// How the name begins of the map from interfaces to the chains of their host endpoints.
    static func interfaces(_ pass: HostPass) -> String { "interfaces-\(host(pass))" }

    /// The addresses of the node's workloads.
    static func workloads(_ family: AddressFamily) -> String { "workloads\(family.rawValue)" }

    /// The addresses of those workloads whose interfaces are known.
    static func placedWorkloads(_ family: AddressFamily) -> String {
        "placed-workloads\(family.rawValue)"
    }

    /// The addresses of all nodes.
    static func nodes(_ family: AddressFamily) -> String { "nodes\(family.rawValue)" }

    static func map(_ direction: Direction, _ family: AddressFamily) -> String {
        "\(direction.rawValue)\(family.rawValue)"
    }

    static func ownAddress(_ family: AddressFamily) -> String { "self\(family.rawValue)" }
}
