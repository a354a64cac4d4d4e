// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import NetworkPrimitives

/// The servers that are reached without a proxy, as `NO_PROXY` lists them and as `kubectl` reads it.
///
/// An entry is an address, a block of addresses, a name (which stands for all below it, too), a name with a
/// dot in front (which stands for those below it alone), or `*`; addresses and names may have a port. This
/// machine itself is never reached through a proxy.
struct ProxyExceptions: Hashable, Sendable {
    private enum Entry: Hashable {
        case all
        case block(CIDR)
        case address(IPAddress, port: Int?)
        case name(String, port: Int?, isItself: Bool)
    }

    private let entries: [Entry]

    /// Reads a list with commas; what is empty is passed over.
    init(_ text: String) {
        entries = text.split(separator: ",").compactMap { entry in
            let entry = entry.filter { !$0.isWhitespace }.lowercased()
            return entry.isEmpty ? nil : Self.read(entry)
        }
    }

    private static func read(_ text: String) -> Entry {
        if text == "*" { return .all }
        if let block = CIDR(text) { return .block(block) }
        if let address = IPAddress(text) { return .address(address, port: nil) }
        let (host, port) = split(text)
        if let address = IPAddress(host.filter { $0 != "[" && $0 != "]" }) {
            return .address(address, port: port)
        }
        if host.hasPrefix("*.") {
            return .name(String(host.dropFirst(2)), port: port, isItself: false)
        }
        if host.hasPrefix(".") {
            return .name(String(host.dropFirst()), port: port, isItself: false)
        }
        return .name(host, port: port, isItself: true)
    }

    private static func split(_ text: String) -> (host: String, port: Int?) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...])
        else { return (text, nil) }
        return (String(text[..<colon]), port)
    }

    /// Whether a server is reached without a proxy.
    func cover(_ host: String, port: Int) -> Bool {
        let host = host.lowercased()
        let address = IPAddress(host)
        if host == "localhost" || address.map(Self.isLoopback) ?? false { return true }
        return entries.contains { entry in
            switch entry {
            case .all: return true
            case .block(let block): return address.map(block.contains) ?? false
            case .address(let own, let ownPort):
                return address == own && (ownPort ?? port) == port
            case .name(let name, let ownPort, let isItself):
                guard address == nil, (ownPort ?? port) == port else { return false }
                return isItself && host == name || host.hasSuffix(".\(name)")
            }
        }
    }

    private static func isLoopback(_ address: IPAddress) -> Bool {
        switch address {
        case .ipv4(let bits): bits >> 24 == 127
        case .ipv6(let bits): bits == 1
        }
    }
}
