// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// The way from an object to one of its fields.
indirect enum FieldPath: Hashable {
    /// The object itself.
    case object
    /// A field of a structure: `.name`.
    case member(FieldPath, String)
    /// An entry of a map whose keys are data: `[key]`.
    case entry(FieldPath, String)
    /// An element of a list: `[0]`.
    case element(FieldPath, Int)
}

extension FieldPath: CustomStringConvertible {
    /// As Kubernetes writes it: `spec.ingress[0].from[1].ipBlock.cidr`; empty for the object.
    var description: String {
        switch self {
        case .object: ""
        case .member(.object, let name): MessageText.visible(name)
        case .member(let parent, let name): "\(parent).\(MessageText.visible(name))"
        case .entry(let parent, let key): "\(parent)[\(MessageText.visible(key))]"
        case .element(let parent, let index): "\(parent)[\(index)]"
        }
    }
}
