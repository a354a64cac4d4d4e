// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// Reads a source document by document, as YAML or as JSON.
struct DocumentReader {
    private let source: Source

    init(_ source: Source) {
        self.source = source
    }

    /// Calls `body` with every document and its number, from 1, or with what is wrong with it.
    func forEachDocument(_ body: (Int, Result<DocumentNode, SyntaxError>) -> Void) {
        do throws(SyntaxError) {
            let text = try SourceText(source)
            if isNamedJSON || text.beginsLikeJSON {
                if readJSON(text, body) { return }
            }
            readYAML(text, body)
        } catch {
            body(1, .failure(error))
        }
    }

    private var isNamedJSON: Bool { source.name.hasSuffix(".json") }

    /// Reads all values before it hands on the first: what begins like JSON and has not the name
    /// may turn out to be YAML in flow style.
    ///
    /// - Returns: Whether the text was JSON.
    private func readJSON(
        _ text: SourceText, _ body: (Int, Result<DocumentNode, SyntaxError>) -> Void
    ) -> Bool {
        var reader = JSONReader(text)
        var documents: [Result<DocumentNode, SyntaxError>] = []
        do throws(SyntaxError) {
            while let document = try reader.next() { documents.append(.success(document)) }
        } catch {
            guard isNamedJSON || !Self.isFlowStyleYAML(text) else { return false }
            documents.append(.failure(error))
        }
        for (index, document) in documents.enumerated() { body(index + 1, document) }
        return true
    }

    /// Whether every document is valid YAML.
    private static func isFlowStyleYAML(_ text: SourceText) -> Bool {
        do throws(SyntaxError) {
            for piece in YAMLPieces(text) { _ = try YAMLReader.documents(in: piece) }
            return true
        } catch {
            return false
        }
    }

    private func readYAML(
        _ text: SourceText, _ body: (Int, Result<DocumentNode, SyntaxError>) -> Void
    ) {
        var number = 0
        for piece in YAMLPieces(text) {
            do throws(SyntaxError) {
                for document in try YAMLReader.documents(in: piece) {
                    number += 1
                    body(number, .success(document))
                }
            } catch {
                number += 1
                body(number, .failure(error))
            }
        }
    }
}

extension SourceText {
    fileprivate var beginsLikeJSON: Bool {
        let first = bytes.first { !" \t\r\n".utf8.contains($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }
}
