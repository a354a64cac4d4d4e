// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Yams

extension SyntaxError {
    /// What Yams found wrong with a piece of YAML, at its place in the whole text.
    init(_ error: any Error, in piece: YAMLPieces.Piece) {
        func position(_ mark: Mark) -> TextPosition {
            TextPosition(line: piece.firstLine + mark.line - 1, column: mark.column)
        }
        switch error as? YamlError {
        case .composer(_, "found undefined alias", let mark, _):
            self.init(
                "not valid YAML: an alias has no anchor before it", at: position(mark),
                remedy: "an anchor is known only after its value, and only in its document")
        case .parser(_, let problem, _, _) where problem.hasPrefix("Maximum nesting level"):
            self.init(
                "values are nested too deeply", at: TextPosition(line: piece.firstLine, column: 1))
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let detail = context.map { ", \($0.text)" } ?? ""
            self.init(
                "not valid YAML: \(problem)\(detail)", at: position(mark),
                remedy: piece.isIndentedByTab(line: mark.line)
                    ? "indent with spaces, YAML forbids tabs" : nil)
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map(MessageText.quoted).joined(separator: ", ")
            self.init(
                "the key \(names) appears more than once in a mapping, the first time here",
                at: position(context.mark), remedy: "keep one")
        case .reader(let problem, _, _, _):
            self.init("not valid YAML: \(problem)", at: piece.firstForbiddenCharacter)
        case .memory:
            self.init(
                "not valid YAML: too large or too deeply nested",
                at: TextPosition(line: piece.firstLine, column: 1))
        default:
            self.init(
                "not valid YAML: \(error)", at: TextPosition(line: piece.firstLine, column: 1))
        }
    }
}

extension YAMLPieces.Piece {
    fileprivate func isIndentedByTab(line: Int) -> Bool {
        let lines = bytes.split(
            separator: UInt8(ascii: "\n"), maxSplits: line, omittingEmptySubsequences: false)
        guard lines.indices.contains(line - 1) else { return false }
        return lines[line - 1].prefix { $0 == 0x20 || $0 == 0x09 }.contains(0x09)
    }

    /// The first character that YAML does not allow; Yams tells no line for it.
    fileprivate var firstForbiddenCharacter: TextPosition {
        let isForbidden = { (byte: UInt8) in
            byte < 0x20 && byte != 0x09 && byte != 0x0A && byte != 0x0D || byte == 0x7F
        }
        return position(of: bytes.firstIndex(where: isForbidden) ?? bytes.startIndex)
    }
}
