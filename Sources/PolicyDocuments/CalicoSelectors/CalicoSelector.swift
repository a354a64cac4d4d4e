// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import PolicyModel

/// What a selector of Calico's is asked about; that decides what `all()` and `global()` mean.
public enum SelectorContext: Hashable, Sendable {
    /// Labels of endpoints, network sets or service accounts. `all()` is everything; `global()` is
    /// an error.
    case endpoints
    /// The namespaces of a rule's other side. `all()` is what stands in a namespace, `global()` what
    /// stands in none; the latter must be the whole selector.
    case namespaces
    /// The namespaces whose endpoints a policy governs: like ``namespaces``, but `global()` is an
    /// error.
    case subjectNamespaces
}

extension Selector {
    /// Reads Calico's selector language:
    /// `(app == 'web' || tier in {'a', 'b'}) && !has(legacy)`.
    ///
    /// Spaces and tabs may stand between the parts, line breaks may not. Without any part the text
    /// is `all()`. The result is canonical (``canonical``).
    ///
    /// - Throws: the first error, with its column. Parentheses nest at most
    ///   ``CalicoSelectorLimits/depth`` deep.
    /// - Complexity: O(*n* log *n*) in the length of the text.
    public init(calico text: String, in context: SelectorContext = .endpoints)
        throws(SelectorSyntaxError)
    {
        var parser = CalicoSelectorParser(text, context)
        self = try parser.parse()
    }
}

/// How much a selector of Calico's may hold.
public enum CalicoSelectorLimits {
    /// Bytes of a label's key.
    public static let keyLength = 512
    /// Parentheses within parentheses: as many as fit into the 1,024 characters that Calico's API
    /// allows.
    public static let depth = 512
}
