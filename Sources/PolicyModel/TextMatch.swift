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
        case .contains(let part): text.utf8.span.contains(part.utf8.span)
        case .startsWith(let part): text.utf8.span.holds(part.utf8.span, at: 0)
        case .endsWith(let part):
            text.utf8.span.holds(part.utf8.span, at: text.utf8.count - part.utf8.count)
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

// Labels are asked for texts often enough for a walk by indices of strings to be felt.
extension Span<UInt8> {
    /// Whether these bytes stand somewhere in the text.
    fileprivate func contains(_ part: Span<UInt8>) -> Bool {
        if part.count > count { return false }
        for start in 0...count - part.count where holds(part, at: start) { return true }
        return false
    }

    /// Whether these bytes stand at a place in the text, which may be outside of it.
    fileprivate func holds(_ part: Span<UInt8>, at start: Int) -> Bool {
        if start < 0 || part.count > count - start { return false }
        for position in part.indices where self[start + position] != part[position] {
            return false
        }
        return true
    }
}
