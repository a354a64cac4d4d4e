// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

extension Table {
    /// The table as `nft -f` reads it.
    ///
    /// - Parameter counters: what stands behind the counters of each chain's rules, where known.
    public func text(counters: [String: [ObservedRule]] = [:]) -> String {
        var lines = ["table inet \(name) {"]
        if let comment { lines.append("\tcomment \"\(comment)\"") }
        for set in sets { lines += block(set.blockHead, set.blockLines) }
        for chain in chains {
            lines += block("chain \(chain.name)", chain.blockLines(counters[chain.name] ?? []))
        }
        lines.append("}")
        return lines.joined(separator: "\n") + "\n"
    }

    private func block(_ head: String, _ content: [String]) -> [String] {
        ["", "\t\(head) {"] + content.map { "\t\t\($0)" } + ["\t}"]
    }
}

extension NamedSet {
    var blockHead: String { "\(isVerdictMap ? "map" : "set") \(name)" }

    /// The declaration's lines without the elements.
    public var headerLines: [String] {
        var lines = ["type \(typeText)"]
        if let capacity { lines.append("size \(capacity)") }
        if isInterval { lines.append("flags interval") }
        if foreignFlags != 0 { lines.append("# flags of others: \(foreignFlags)") }
        if let comment { lines.append("comment \"\(comment)\"") }
        return lines
    }

    var typeText: String {
        key.map(\.name).joined(separator: " . ") + (isVerdictMap ? " : verdict" : "")
    }

    fileprivate var blockLines: [String] {
        let texts = elementTexts(elements)
        guard !texts.isEmpty else { return headerLines }
        return headerLines + ["elements = {"] + texts.map { "\t\($0)," } + ["}"]
    }

    /// Each of the elements, which belong to a set with this header, as nft writes it.
    public func elementTexts(_ elements: SetElements) -> [String] {
        switch elements {
        case .ipv4(let addresses): addresses.map { "\(IPAddress.ipv4($0))" }
        case .ipv6(let addresses): addresses.map { "\(IPAddress.ipv6($0))" }
        case .ipv4Intervals(let set): set.intervals.map(\.blockText)
        case .ipv6Intervals(let set): set.intervals.map(\.blockText)
        case .entries(let entries): entries.map { text(of: $0) }
        }
    }

    private func text(of entry: SetEntry) -> String {
        var text = keyText(entry)
        if let comment = entry.comment { text += " comment \"\(comment)\"" }
        if let verdict = entry.verdict { text += " : \(verdict)" }
        return text
    }

    /// The key's fields as nft writes them, joined by dots.
    func keyText(_ entry: SetEntry) -> String {
        var position = 0
        var fields: [String] = []
        for type in key {
            let low = entry.field(type, at: position, of: entry.key)
            let high = entry.keyEnd.map { entry.field(type, at: position, of: $0) }
            fields.append(high == nil || high == low ? low : "\(low)-\(high!)")
            position += type.paddedLength
        }
        if entry.key.isEmpty { return "*" }
        if key.isEmpty { return entry.key.hex }
        return fields.joined(separator: " . ")
    }
}

extension SetEntry {
    fileprivate func field(_ type: FieldType, at position: Int, of bytes: [UInt8]) -> String {
        guard bytes.count >= position + type.length else { return bytes.hex }
        return type.text(Array(bytes[position..<position + type.length]))
    }
}

extension FieldType {
    /// A value of this type as nft writes it.
    func text(_ bytes: [UInt8]) -> String {
        switch self {
        case .ipv4Address: UInt32(networkBytes: bytes).map(UInt32.text) ?? bytes.hex
        case .ipv6Address: UInt128(networkBytes: bytes).map(UInt128.text) ?? bytes.hex
        case .inetProtocol: IPProtocol(rawValue: bytes[0]).description
        case .inetService: UInt16(networkBytes: bytes).map(String.init) ?? bytes.hex
        case .icmpv6Type: String(bytes[0])
        case .interfaceName: InterfaceName(bytes).map { "\"\($0)\"" } ?? bytes.hex
        }
    }
}

extension [UInt8] {
    var hex: String {
        "0x" + map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension Chain {
    /// The header's lines without the rules.
    public var headerLines: [String] {
        var lines: [String] = []
        if let base {
            let priority = base.priority == 0 ? "filter" : "\(base.priority)"
            lines.append(
                "type \(base.type) hook \(base.hook.name) priority \(priority); policy \(base.policy);"
            )
        }
        if let comment { lines.append("comment \"\(comment)\"") }
        return lines
    }

    fileprivate func blockLines(_ observed: [ObservedRule]) -> [String] {
        headerLines
            + rules.enumerated().map { position, rule in
                rule.text(
                    counter: position < observed.count ? observed[position].counter : nil)
            }
    }
}
