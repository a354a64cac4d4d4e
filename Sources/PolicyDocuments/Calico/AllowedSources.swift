// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

extension Field {
    /// Where a pod's metadata say from which blocks it may send besides its addresses, as a list in
    /// JSON (S50).
    private static let sourcesAnnotation = "cni.projectcalico.org/allowedSourcePrefixes"

    /// The blocks of the annotation; none where there is none.
    func allowedSources(_ log: inout ProblemLog) -> [CIDR] {
        guard let annotations = self["annotations"],
            let node = annotations.node[Self.sourcesAnnotation], !node.isNull
        else { return [] }
        let annotation = Field(node: node, path: .entry(annotations.path, Self.sourcesAnnotation))
        guard let text = annotation.string(&log), !text.isEmpty else { return [] }
        let remedy = #"write a list of blocks, such as ["192.0.2.0/24"]"#
        guard case .sequence(let nodes) = DocumentNode(json: text)?.content else {
            log.error(annotation, "\(MessageText.quoted(text)) is no list in JSON", remedy: remedy)
            return []
        }
        return nodes.compactMap { node in
            guard case .quoted(let entry) = node.content, let block = CIDR(entry),
                !block.network.isMappedIPv4
            else {
                log.error(
                    annotation, "\(MessageText.quoted(text)) has an entry that is no block",
                    remedy: remedy)
                return nil
            }
            return block
        }
    }
}

extension DocumentNode {
    /// The value that a text in JSON is; nil if it is none, or more than one.
    init?(json text: String) {
        do {
            let source = try SourceText(Source(name: "", text: text))
            var reader = JSONReader(source, defersItems: false)
            guard let value = try reader.next(), try reader.next() == nil else { return nil }
            self = value
        } catch {
            return nil
        }
    }
}
