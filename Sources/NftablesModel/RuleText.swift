// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

extension Rule {
    /// The rule as nft writes it.
    ///
    /// - Parameter counter: what its counter has counted, where known.
    public func text(counter: CounterValue? = nil) -> String {
        let statements = statements
        var text = statements.map { $0.text(counter) }.joined(separator: " ")
        if let comment { text += " comment \"\(comment)\"" }
        // What nft's language cannot say makes the whole rule a remark: a part of it would be
        // another rule.
        let isComplete = !statements.contains { if case .opaque = $0 { true } else { false } }
        return isComplete ? text : "# \(text)"
    }
}

extension Statement {
    func text(_ counter: CounterValue?) -> String {
        switch self {
        case .match(let field, let comparison, let bytes):
            let constant = field.constant(bytes) ?? bytes.hex
            return "\(field.name) \(comparison.text)\(constant)"
        case .block(let field, let network, let prefixLength, let isInverted):
            let address = field.constant(network) ?? network.hex
            return "\(field.name) \(isInverted ? "!= " : "")\(address)/\(prefixLength)"
        case .connectionState(let states):
            return "ct state \(states.names.joined(separator: ","))"
        case .member(let fields, let set, let isInverted):
            return "\(Field.text(fields)) \(isInverted ? "!= " : "")@\(set)"
        case .verdictMap(let fields, let map):
            return "\(Field.text(fields)) vmap @\(map)"
        case .verdict(let verdict):
            return "\(verdict)"
        case .counter:
            guard let counter else { return "counter" }
            return "counter packets \(counter.packets) bytes \(counter.bytes)"
        case .log(let prefix):
            return "log prefix \"\(prefix)\""
        case .notrack:
            return "notrack"
        case .reject(let rejection):
            return "reject with \(rejection.name)"
        case .opaque(let what):
            return "<\(what)>"
        }
    }
}

extension Field {
    static func text(_ fields: [Field]) -> String {
        fields.map(\.name).joined(separator: " . ")
    }
}

extension Comparison {
    /// The operator with a space behind it; nothing for equality, which nft leaves out.
    fileprivate var text: String {
        switch self {
        case .equal: ""
        case .notEqual: "!= "
        case .less: "< "
        case .lessOrEqual: "<= "
        case .greater: "> "
        case .greaterOrEqual: ">= "
        }
    }
}

extension ConnectionStates {
    /// The states as nft writes them, in its order.
    public var names: [String] {
        let known: [(ConnectionStates, String)] = [
            (.invalid, "invalid"), (.established, "established"), (.related, "related"),
            (.new, "new"), (.untracked, "untracked"),
        ]
        return known.filter { contains($0.0) }.map(\.1)
    }
}

extension Verdict: CustomStringConvertible {
    /// The verdict as nft writes it.
    public var description: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .return: "return"
        case .jump(let chain): "jump \(chain)"
        case .goto(let chain): "goto \(chain)"
        }
    }
}
