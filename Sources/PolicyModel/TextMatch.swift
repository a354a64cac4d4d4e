// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A condition on a text: a part that it has. An empty part is in every text.
public enum TextMatch: Hashable, Sendable {
    /// Anywhere.
    case contains(String)
    /// At its start.
    case startsWith(String)
    /// At its end.
    case endsWith(String)

    /// Whether the condition holds for this text, byte by byte.
    public func holds(_ text: String) -> Bool {
        switch self {
        case .contains(let part): text.utf8.contains(part.utf8)
        case .startsWith(let part): text.utf8.starts(with: part.utf8)
        case .endsWith(let part): text.utf8.reversed().starts(with: part.utf8.reversed())
        }
    }
}

extension TextMatch: CustomStringConvertible {
    /// `contains "part"`.
    public var description: String {
        switch self {
        case .contains(let part): "contains \"\(part)\""
        case .startsWith(let part): "starts with \"\(part)\""
        case .endsWith(let part): "ends with \"\(part)\""
        }
    }
}

extension String.UTF8View {
    /// Whether these bytes stand somewhere in the text.
    fileprivate func contains(_ part: String.UTF8View) -> Bool {
        var start = startIndex
        for _ in 0..<Swift.max(0, count - part.count + 1) {
            if self[start...].starts(with: part) { return true }
            formIndex(after: &start)
        }
        return false
    }
}
