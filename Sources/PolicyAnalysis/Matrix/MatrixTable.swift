// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A matrix as a table for a terminal: a row for each sender, a column for each receiver, a sign
/// for what is allowed.
public struct MatrixTable {
    private let reachability: Reachability
    private let view: MatrixView
    private let units: [MatrixUnit]
    private let signs: Signs
    /// What the view sees of each of the matrix's sets.
    private let seen: [TransportSet]

    /// The signs of cells.
    private struct Signs {
        var everything: String
        var nothing: String
        var itself: String
    }

    /// The signs as wide as a column.
    private struct CellSigns {
        /// Of each of the matrix's sets.
        var sets: [String]
        var itself: String
        /// Of what the view does not show.
        var unseen: String
    }

    /// - Parameters:
    ///   - isASCII: Whether the terminal can show nothing but ASCII.
    public init(
        _ reachability: Reachability, of cluster: AnalysedCluster, view: MatrixView = MatrixView(),
        isASCII: Bool = false
    ) {
        self.reachability = reachability
        self.view = view
        seen = reachability.sets.map(view.seen)
        units = MatrixUnit.all(of: reachability, in: cluster, view: view)
        signs =
            isASCII
            ? Signs(everything: "+", nothing: "-", itself: ".")
            : Signs(everything: "✓", nothing: "✗", itself: "·")
    }

    /// The table with lines of at most `width` columns where that is possible: wide ones are
    /// continued below.
    public func text(width: Int) -> String {
        let listed = listed
        let letters = letters(listed)
        let numberWidth = String(listed.count).count
        let signs = CellSigns(
            sets: seen.map { padLeft(sign($0, letters), numberWidth) },
            itself: padLeft(signs.itself, numberWidth), unseen: padLeft("", numberWidth))
        let nameWidth = min(40, listed.map { units[$0].label.count }.max() ?? 0)
        let left = 2 + numberWidth + 1 + nameWidth + 1
        let perBand = max(8, (width - left) / (numberWidth + 1))
        var lines: [String] = []
        for start in stride(from: 0, to: listed.count, by: perBand) {
            let columns = start..<min(start + perBand, listed.count)
            if start > 0 { lines.append("") }
            lines.append(
                pad("", left - 1)
                    + columns.map { " " + padLeft(String($0 + 1), numberWidth) }.joined())
            var namespace: String?? = .none
            for (row, unit) in listed.enumerated() {
                if namespace != .some(units[unit].namespace) {
                    namespace = .some(units[unit].namespace)
                    lines.append(units[unit].namespace ?? "outside")
                }
                let name = "  \(padLeft(String(row + 1), numberWidth)) \(units[unit].label)"
                let cells = columns.map { cell(unit, listed[$0], signs) }
                lines.append(pad(clip(name, left - 1), left - 1) + cells.joined())
            }
        }
        return (lines + [""] + legend(letters)).map(trimmed).joined(separator: "\n")
    }

    /// The units that are listed: all, or those of the view's namespaces and whoever reaches them or
    /// is reached by them.
    private var listed: [Int] {
        guard let namespaces = view.namespaces else { return Array(units.indices) }
        let shown = units.indices.filter {
            units[$0].namespace.map(namespaces.contains) ?? false
        }
        return units.indices.filter { unit in
            units[unit].namespace.map(namespaces.contains) ?? false
                || shown.contains { isAnything(unit, $0) || isAnything($0, unit) }
        }
    }

    private func isAnything(_ from: Int, _ to: Int) -> Bool {
        set(from, to).map { !seen[$0].isEmpty } ?? false
    }

    /// The position in the matrix's sets of what members of one unit may send to those of another;
    /// nil where the view shows no connection.
    private func set(_ from: Int, _ to: Int) -> Int? {
        let sender = units[from].peers[0]
        let receiver = units[to].peers.last ?? sender
        guard reachability.isConnection(from: sender, to: receiver),
            view.shows(reachability.peers[sender], reachability.peers[receiver])
        else { return nil }
        return reachability.allowedSet(
            fromGroup: reachability.groups[sender], toGroup: reachability.groups[receiver])
    }

    /// Whether there is an answer, although the view may not show it.
    private func isAnswered(_ from: Int, _ to: Int) -> Bool {
        let sender = units[from].peers[0]
        return reachability.isConnection(
            from: sender, to: units[to].peers.last ?? sender)
    }

    /// The sign of a cell behind a space or, where the staged policies change what it says, the mark
    /// of that.
    private func cell(_ from: Int, _ to: Int, _ signs: CellSigns) -> String {
        let sign = " " + sign(from, to, signs)
        guard isChanged(from, to) else { return sign }
        let text = sign.drop { $0 == " " }
        return padLeft("*" + text, sign.count)
    }

    private func isChanged(_ from: Int, _ to: Int) -> Bool {
        guard let set = set(from, to) else { return false }
        let sender = units[from].peers[0]
        let receiver = units[to].peers.last ?? sender
        let today = reachability.todaysSet(
            fromGroup: reachability.groups[sender], toGroup: reachability.groups[receiver])
        return seen[today] != seen[set]
    }

    private func sign(_ from: Int, _ to: Int, _ signs: CellSigns) -> String {
        if let set = set(from, to) { return signs.sets[set] }
        return isAnswered(from, to) ? signs.unseen : signs.itself
    }

    private func sign(_ packets: TransportSet, _ letters: [TransportSet: String]) -> String {
        if packets.isEmpty { return signs.nothing }
        return packets == view.everything ? signs.everything : letters[packets] ?? "~"
    }

    /// A letter for each set that is neither everything nor nothing, the most frequent first, as
    /// far as there are letters.
    private func letters(_ listed: [Int]) -> [TransportSet: String] {
        var counts = [Int](repeating: 0, count: seen.count)
        for from in listed {
            for to in listed {
                if let set = set(from, to) { counts[set] += 1 }
            }
        }
        var uses: [TransportSet: Int] = [:]
        for (set, count) in zip(seen, counts) where count > 0 { uses[set, default: 0] += count }
        uses[.none] = nil
        uses[view.everything] = nil
        let sorted = uses.sorted {
            ($1.value, $0.key.description) < ($0.value, $1.key.description)
        }
        return Dictionary(uniqueKeysWithValues: zip(sorted.map(\.key), Self.alphabet))
    }

    private static let alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        .map(String.init)

    private func legend(_ letters: [TransportSet: String]) -> [String] {
        let whole = view.packets.map { "all of \($0)" } ?? "everything"
        let more = letters.count < Self.alphabet.count ? "" : "  ~ something else"
        let names = Dictionary(uniqueKeysWithValues: letters.map { ($0.value, $0.key) })
        let staged =
            reachability.knowsToday
            ? ["As if the staged policies were enforced.  * otherwise than today"] : []
        return [
            "Rows send, columns receive.  \(signs.everything) \(whole)  "
                + "\(signs.nothing) nothing  \(signs.itself) itself\(more)"
        ]
            + staged
            + Self.alphabet.compactMap { letter in
                names[letter].map { "\(letter) \($0)" }
            }
    }

    private func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func padLeft(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// The text, its middle left out if it is too long.
    private func clip(_ text: String, _ width: Int) -> String {
        text.count <= width
            ? text : "\(text.prefix(width / 2))...\(text.suffix(width - width / 2 - 3))"
    }
}
