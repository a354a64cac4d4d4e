// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

extension Table {
    /// The table as `nft --json -f` reads it (libnftables-json(5)).
    ///
    /// - Parameter observed: handles and counters of each chain's rules, where known.
    public func json(observed: [String: [ObservedRule]] = [:]) -> JSONValue {
        var objects: [JSONValue] = [
            .object(["metainfo": .object(["json_schema_version": .number(1)])])
        ]
        func add(_ kind: String, _ object: JSONValue) {
            objects.append(
                .object([.init(key: "add", value: .object([.init(key: kind, value: object)]))]))
        }
        add("table", .object(["family": "inet", "name": .string(name), "comment": comment.json]))
        for chain in chains { add("chain", chain.json(table: name)) }
        for set in sets { add(set.isVerdictMap ? "map" : "set", set.json(table: name)) }
        for chain in chains {
            for (position, rule) in chain.rules.enumerated() {
                let known = observed[chain.name].flatMap {
                    position < $0.count ? $0[position] : nil
                }
                add("rule", rule.json(table: name, chain: chain.name, known))
            }
        }
        return .object(["nftables": .array(objects)])
    }
}

extension Chain {
    fileprivate func json(table: String) -> JSONValue {
        .object([
            "family": "inet", "table": .string(table), "name": .string(name),
            "comment": comment.json,
            "type": base.map { _ in "filter" },
            "hook": base.map { .string($0.hook.name) },
            "prio": base.map { .signed($0.priority) },
            "policy": base.map { .string($0.policy.rawValue) },
        ])
    }
}

extension NamedSet {
    fileprivate func json(table: String) -> JSONValue {
        let types = key.map { JSONValue.string($0.name) }
        return .object([
            "family": "inet", "table": .string(table), "name": .string(name),
            "comment": comment.json,
            "type": types.count == 1 ? types[0] : .array(types),
            "map": isVerdictMap ? "verdict" : nil,
            "flags": isInterval ? .array(["interval"]) : nil,
            "size": capacity.map { .number(UInt64($0)) },
            "elem": elements.count == 0 ? nil : .array(elementValues),
        ])
    }

    private var elementValues: [JSONValue] {
        switch elements {
        case .ipv4(let addresses): addresses.map { .string(UInt32.text($0)) }
        case .ipv6(let addresses): addresses.map { .string(UInt128.text($0)) }
        case .ipv4Intervals(let set): set.intervals.map(\.json)
        case .ipv6Intervals(let set): set.intervals.map(\.json)
        case .entries(let entries): entries.map(json(of:))
        }
    }

    private func json(of entry: SetEntry) -> JSONValue {
        var position = 0
        var fields: [JSONValue] = []
        for type in key {
            let low = type.json(entry.key, at: position)
            let high = entry.keyEnd.map { type.json($0, at: position) } ?? low
            fields.append(low == high ? low : .object(["range": .array([low, high])]))
            position += type.paddedLength
        }
        var value = fields.count == 1 ? fields[0] : .object(["concat": .array(fields)])
        if let comment = entry.comment {
            value = .object(["elem": .object(["val": value, "comment": .string(comment)])])
        }
        return entry.verdict.map { .array([value, $0.json]) } ?? value
    }
}

extension FieldType {
    fileprivate func json(_ bytes: [UInt8], at position: Int) -> JSONValue {
        guard bytes.count >= position + length else { return .string(bytes.hex) }
        let value = Array(bytes[position..<position + length])
        if self == .interfaceName {
            return .string(InterfaceName(value)?.description ?? value.hex)
        }
        let text = text(value)
        return UInt64(text).map(JSONValue.number) ?? .string(text)
    }
}

extension ClosedRange where Bound: AddressBits {
    fileprivate var json: JSONValue {
        let parts = blockText.split(separator: "/")
        if parts.count == 2, let length = UInt64(parts[1]) {
            return .object([
                "prefix": .object(["addr": .string(String(parts[0])), "len": .number(length)])
            ])
        }
        if lowerBound == upperBound { return .string(Bound.text(lowerBound)) }
        return .object([
            "range": .array([
                .string(Bound.text(lowerBound)), .string(Bound.text(upperBound)),
            ])
        ])
    }
}

extension Rule {
    fileprivate func json(table: String, chain: String, _ known: ObservedRule?) -> JSONValue {
        .object([
            "family": "inet", "table": .string(table), "chain": .string(chain),
            "handle": known.map { .number($0.handle) }, "comment": comment.json,
            "expr": .array(statements.map { $0.json(known?.counter) }),
        ])
    }
}

extension Statement {
    fileprivate func json(_ counter: CounterValue?) -> JSONValue {
        switch self {
        case .match(let field, let comparison, let bytes):
            if field.type == .interfaceName, let name = InterfaceName(bytes) {
                return .match(comparison.symbol, field.json, .string(name.description))
            }
            let text = field.constant(bytes) ?? bytes.hex
            return .match(
                comparison.symbol, field.json, UInt64(text).map(JSONValue.number) ?? .string(text))
        case .block(let field, let network, let prefixLength, let isInverted):
            return .match(
                isInverted ? "!=" : "==", field.json,
                .object([
                    "prefix": .object([
                        "addr": .string(field.constant(network) ?? network.hex),
                        "len": .number(UInt64(prefixLength)),
                    ])
                ]))
        case .connectionState(let states):
            let names = states.names.map(JSONValue.string)
            return .match(
                "in", .object(["ct": .object(["key": "state"])]),
                names.count == 1 ? names[0] : .array(names))
        case .member(let fields, let set, let isInverted):
            return .match(isInverted ? "!=" : "==", Field.json(fields), .string("@\(set)"))
        case .verdictMap(let fields, let map):
            return .object([
                "vmap": .object(["key": Field.json(fields), "data": .string("@\(map)")])
            ])
        case .verdict(let verdict):
            return verdict.json
        case .counter:
            return .object([
                "counter": counter.map {
                    .object(["packets": .number($0.packets), "bytes": .number($0.bytes)])
                } ?? .null
            ])
        case .log(let prefix):
            return .object(["log": .object(["prefix": .string(prefix)])])
        case .notrack:
            return .object(["notrack": .null])
        case .reject(.tcpReset):
            return .object(["reject": .object(["type": "tcp reset"])])
        case .reject(.prohibited):
            return .object(["reject": .object(["type": "icmpx", "expr": "admin-prohibited"])])
        case .opaque(let what):
            return .object(["xt": .object(["type": "unknown", "name": .string(what)])])
        }
    }
}

extension Field {
    static func json(_ fields: [Field]) -> JSONValue {
        fields.count == 1
            ? fields[0].json : .object(["concat": .array(fields.map(\.json))])
    }

    fileprivate var json: JSONValue {
        let words = name.split(separator: " ").map { JSONValue.string(String($0)) }
        switch self {
        case .networkProtocol, .transportProtocol:
            return .object(["meta": .object(["key": words[1]])])
        case .inputInterface, .outputInterface:
            return .object(["meta": .object(["key": words[0]])])
        case .originalAddress, .originalPort:
            let key = name.dropFirst("ct original ".count)
            return .object(["ct": .object(["key": .string(String(key)), "dir": words[1]])])
        case .fibSourceType:
            return .object(["fib": .object(["result": "type", "flags": .array(["saddr"])])])
        default:
            return .object(["payload": .object(["protocol": words[0], "field": words[1]])])
        }
    }
}

extension Verdict {
    fileprivate var json: JSONValue {
        switch self {
        case .accept: .object(["accept": .null])
        case .drop: .object(["drop": .null])
        case .return: .object(["return": .null])
        case .jump(let chain): .object(["jump": .object(["target": .string(chain)])])
        case .goto(let chain): .object(["goto": .object(["target": .string(chain)])])
        }
    }
}

extension Comparison {
    fileprivate var symbol: String {
        switch self {
        case .equal: "=="
        case .notEqual: "!="
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral {
    /// A JSON string.
    public init(stringLiteral value: String) { self = .string(value) }

    fileprivate static func match(_ symbol: String, _ left: JSONValue, _ right: JSONValue)
        -> JSONValue
    {
        .object([
            "match": .object(["op": .string(symbol), "left": left, "right": right])
        ])
    }

    /// A number that may be negative: JSON's text of it.
    fileprivate static func signed(_ value: Int32) -> JSONValue {
        value >= 0 ? .number(UInt64(value)) : .negative(UInt64(value.magnitude))
    }
}

extension String? {
    fileprivate var json: JSONValue? { map(JSONValue.string) }
}
