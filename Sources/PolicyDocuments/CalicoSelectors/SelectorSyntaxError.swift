// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A text that is no selector of Calico's grammar.
public struct SelectorSyntaxError: Error, Hashable {
    /// Where in the text the first wrong thing stands: its characters (Unicode scalars) count from
    /// 1, and what is missing at the end stands after the last.
    public var column: Int
    /// What is wrong, without the place.
    public var message: String
    /// What to write instead, where one can tell.
    public var remedy: String?

    /// An error at a column.
    public init(column: Int, message: String, remedy: String? = nil) {
        self.column = column
        self.message = message
        self.remedy = remedy
    }
}

extension SelectorSyntaxError: CustomStringConvertible {
    /// `column 5: the value stands without quotes; write 'web'`.
    public var description: String {
        "column \(column): \(message)" + (remedy.map { "; \($0)" } ?? "")
    }
}
