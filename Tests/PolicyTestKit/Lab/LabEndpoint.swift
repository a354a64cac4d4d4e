// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// One end of a conversation in a lab.
public enum LabEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// The node, which all the hosts hang on.
    case node

    /// A host, by its name.
    case host(String)

    /// `node`, or the name of the host.
    public var description: String {
        switch self {
        case .node: "node"
        case .host(let name): name
        }
    }
}
