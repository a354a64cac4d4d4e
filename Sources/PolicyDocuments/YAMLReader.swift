// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Yams

/// Reads the documents of a piece of YAML into nodes that know their places.
///
/// The text is one that ``YAMLPieces`` has cut, so that an anchor cannot be used in another
/// document, and a mistake in one document leaves the others readable.
struct YAMLReader {
    private let firstLine: Int
    /// How many more nodes may be made; see ``AliasExpansion``.
    private var budget: Int
    private let limit: Int

    private init(firstLine: Int, limit: Int) {
        self.firstLine = firstLine
        self.limit = limit
        budget = limit
    }

    /// The root of every document in `piece`.
    static func documents(in piece: YAMLPieces.Piece) throws(SyntaxError) -> [DocumentNode] {
        guard piece.mostValues <= DocumentNode.maximumCount else {
            throw .tooManyValues(at: TextPosition(line: piece.firstLine, column: 1))
        }
        try AliasExpansion.refuseAliasesInKeys(piece)
        var reader = YAMLReader(
            firstLine: piece.firstLine, limit: AliasExpansion.limit(forBytes: piece.bytes.count))
        let text = String(decoding: piece.bytes, as: UTF8.self)
        let roots: [Node]
        do {
            let parser = try Yams.Parser(yaml: text, encoding: .utf8)
            var found: [Node] = []
            while let root = try parser.nextRoot() { found.append(root) }
            roots = found
        } catch {
            throw SyntaxError(error, in: piece)
        }
        var documents: [DocumentNode] = []
        for root in roots { documents.append(try reader.document(root, depth: 1)) }
        return documents
    }

    private func position(of node: Node) -> TextPosition {
        guard let mark = node.mark else { return TextPosition(line: firstLine, column: 1) }
        return TextPosition(line: firstLine + mark.line - 1, column: mark.column)
    }

    private mutating func document(
        _ node: Node, depth: Int
    ) throws(SyntaxError) -> DocumentNode {
        let position = position(of: node)
        guard depth <= DocumentNode.maximumDepth else {
            throw SyntaxError(
                "values are nested more than \(DocumentNode.maximumDepth) deep", at: position)
        }
        budget -= 1
        guard budget >= 0 else {
            throw SyntaxError(
                "aliases expand to more than \(limit) nodes", at: position,
                remedy: "write the repeated parts out")
        }
        let content: DocumentNode.Content
        switch node {
        case .scalar(let scalar): content = try self.scalar(scalar, at: position)
        case .sequence(let sequence):
            var elements: [DocumentNode] = []
            elements.reserveCapacity(sequence.count)
            for element in sequence { elements.append(try document(element, depth: depth + 1)) }
            content = .sequence(elements)
        case .mapping(let mapping): content = .mapping(try entries(mapping, depth: depth))
        case .alias: throw SyntaxError("an alias has no anchor", at: position)
        }
        return DocumentNode(position: position, content: content)
    }

    private func scalar(
        _ scalar: Node.Scalar, at position: TextPosition
    ) throws(SyntaxError) -> DocumentNode.Content {
        if scalar.tag.rawValue == Tag.Name.implicit.rawValue, scalar.style == .plain {
            return .plain(scalar.string)
        }
        switch Tag.Name(rawValue: scalar.tag.rawValue) {
        case .null, .bool, .int, .float: return .plain(scalar.string)
        case .binary:
            throw SyntaxError("a value is tagged !!binary, which is not supported", at: position)
        default: return .quoted(scalar.string)
        }
    }

    private mutating func entries(
        _ mapping: Node.Mapping, depth: Int
    ) throws(SyntaxError) -> [DocumentNode.Entry] {
        var entries: [DocumentNode.Entry] = []
        entries.reserveCapacity(mapping.count)
        var merges = MergeKeys()
        for (key, value) in mapping {
            let node = try document(value, depth: depth + 1)
            let position = position(of: key)
            if MergeKeys.isMergeKey(key) {
                try merges.add(node, at: position, after: entries)
            } else {
                let text = try self.key(key, at: position)
                let written = key.scalar.map(\.string)
                entries.append(
                    DocumentNode.Entry(
                        key: text, written: written == text ? nil : written, position: position,
                        value: node))
            }
        }
        if let duplicate = entries.firstDuplicate { throw .duplicateKey(duplicate) }
        return merges.completing(entries)
    }

    /// A key as the text that it becomes in JSON: `on` becomes `true`, `0x10` becomes `16`.
    private func key(_ node: Node, at position: TextPosition) throws(SyntaxError) -> String {
        guard case .scalar(let scalar) = node else {
            throw SyntaxError("a key is a list or a mapping, not text", at: position)
        }
        guard scalar.style == .plain else { return scalar.string }
        switch ScalarValue(plain: scalar.string) {
        case .string, .number: return scalar.string
        case .boolean(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .null:
            throw SyntaxError("a key is null, not text", at: position, remedy: "write it in quotes")
        }
    }
}
