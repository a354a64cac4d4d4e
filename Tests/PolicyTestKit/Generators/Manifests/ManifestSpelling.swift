// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives
import PolicyModel

/// Draws how the parts of objects are spelt; extensions print one kind of object each.
struct ManifestSpelling {
    var random: SeededGenerator
    let form: WorldManifests.Form

    /// An object of Calico's API.
    mutating func calico(
        _ kind: String, namespace: String? = nil, name: String, labels: [String: String] = [:],
        created: Int64? = nil, spec: ManifestValue?
    ) -> ManifestValue {
        // The store keeps what the object itself cannot in an annotation.
        var annotations = form == .stored ? ["projectcalico.org/metadata": "{}"] : [:]
        if random.chance(10) { annotations["example.com/note"] = "all() of \"it\"" }
        return [
            "apiVersion": form == .stored ? "crd.projectcalico.org/v1" : "projectcalico.org/v3",
            "kind": .text(kind),
            "metadata": metadata(
                namespace: namespace, name: name, labels: labels, annotations: annotations,
                created: created), "spec": spec,
        ]
    }

    /// The `metadata` of an object, with fields of the server's that mean nothing here.
    mutating func metadata(
        namespace: String? = nil, name: String, labels: [String: String] = [:],
        annotations: [String: String] = [:], created: Int64? = nil
    ) -> ManifestValue {
        [
            "annotations": ManifestValue.labels(annotations),
            "creationTimestamp": created.map { .text(Timestamp(seconds: $0).description) },
            "labels": ManifestValue.labels(labels) ?? (random.chance(10) ? .object([]) : nil),
            "name": .text(name), "namespace": namespace.map(ManifestValue.text),
            "resourceVersion": random.chance(30) ? "5316" : nil,
            "uid": random.chance(30) ? "2b3f6a52-06b5-4b2b-a8ee-1d2f2d3b7c55" : nil,
        ]
    }

    /// A selector in Calico's language.
    mutating func text(
        _ selector: Selector, _ context: SelectorSpelling.Context = .labels
    ) -> ManifestValue {
        var writer = SelectorSpelling(random: random.fork())
        return .text(writer.text(selector, context))
    }

    /// A `LabelSelector` of Kubernetes: everything, one requirement, or all of several.
    mutating func labelSelector(_ selector: Selector) -> ManifestValue {
        let requirements: [Selector] =
            switch selector {
            case .everything: []
            case .all(let operands): operands
            default: [selector]
            }
        var labels: [String: String] = [:]
        var expressions: [ManifestValue] = []
        for requirement in requirements {
            if case .isOneOf(let key, let values) = requirement, values.count == 1,
                labels[key] == nil, random.chance(70)
            {
                labels[key] = values[0]
            } else {
                expressions.append(expression(requirement))
            }
        }
        return [
            "matchLabels": .labels(labels),
            "matchExpressions": .some(random.shuffled(expressions)),
        ]
    }

    private mutating func expression(_ requirement: Selector) -> ManifestValue {
        switch requirement {
        case .has(let key): ["key": .text(key), "operator": "Exists"]
        case .not(.has(let key)): ["key": .text(key), "operator": "DoesNotExist"]
        case .isOneOf(let key, let values):
            ["key": .text(key), "operator": "In", "values": .texts(random.shuffled(values))]
        case .not(.isOneOf(let key, let values)):
            ["key": .text(key), "operator": "NotIn", "values": .texts(random.shuffled(values))]
        default: preconditionFailure("no LabelSelector says \(requirement)")
        }
    }

    /// A block, now and then by another of its addresses; one of a single address perhaps without
    /// its length.
    mutating func block(_ block: CIDR) -> ManifestValue {
        let text = block.description
        if block.prefixLength == (block.family == .ipv4 ? 32 : 128), random.chance(40) {
            return .text(block.network.description)
        }
        guard random.chance(15) else { return .text(text) }
        let last: IPAddress =
            switch block.network {
            case .ipv4(let bits): .ipv4(bits | ~UInt32.prefixMask(block.prefixLength))
            case .ipv6(let bits): .ipv6(bits | ~UInt128.prefixMask(block.prefixLength))
            }
        return .text("\(last)/\(block.prefixLength)")
    }

    /// A number as YAML and JSON write those that need not be whole.
    mutating func decimal(_ value: Double) -> ManifestValue {
        guard let whole = Int(exactly: value) else { return .word("\(value)") }
        return .word(random.pick(["\(whole)", "\(whole)", "\(whole).0", "\(whole)e0"]))
    }
}
