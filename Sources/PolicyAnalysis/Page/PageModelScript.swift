// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

extension MatrixPage {
    /// The page's data, the filters, and what a cell says.
    static let modelScript = #"""
        const data = JSON.parse(document.getElementById("data").textContent);
        const byId = (id) => document.getElementById(id);
        const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
        const cellsOf = (text) => {
            const bytes = bytesOf(text);
            return data.cellSize === 2
                ? new Uint16Array(bytes.buffer) : new Uint32Array(bytes.buffer);
        };
        const cells = cellsOf(data.cells);
        /* What is allowed today, where the page is about staged policies. */
        const todaysCells = data.todaysCells ? cellsOf(data.todaysCells) : null;
        const groupCount = data.groups.length;
        const peers = data.peers.map(([name, namespace, group, unit]) =>
            ({ name, namespace, group, unit }));
        const units = data.units.map((label) => ({ label, peers: [], namespace: -1 }));
        peers.forEach((peer, number) => {
            units[peer.unit].peers.push(number);
            units[peer.unit].namespace = peer.namespace;
        });
        const NOTHING = 0, SOME = 1, EVERYTHING = 2, NONE = 3;
        const filter = { port: null, senders: [], receivers: [] };

        /* `80`, `80/tcp`, `8000-8010/udp` or `sctp`, several with commas; null for all packets,
           undefined for what is none of these. */
        function parsePorts(text) {
            const wanted = [];
            for (const part of text.split(",").map((part) => part.trim().toLowerCase())) {
                if (part === "") continue;
                const match = /^(?:(\d{1,5})(?:-(\d{1,5}))?(?:\/(tcp|udp|sctp))?|(tcp|udp|sctp))$/
                    .exec(part);
                if (!match) return undefined;
                const transport = match[3] || match[4] || "tcp";
                const low = match[4] ? 1 : Number(match[1]);
                const high = match[4] ? 65535 : Number(match[2] ?? match[1]);
                if (low < 1 || high > 65535 || low > high) return undefined;
                wanted.push({ transport, low, high });
            }
            return wanted.length ? wanted : null;
        }

        const countIn = (ranges, low, high) => ranges.reduce((sum, [from, to]) =>
            sum + Math.max(0, Math.min(to, high) - Math.max(from, low) + 1), 0);

        /* What a set of packets is with regard to the filter. */
        function stateOfSet(set) {
            if (!filter.port) return set.isAll ? EVERYTHING : set.isNone ? NOTHING : SOME;
            let all = true, any = false;
            for (const { transport, low, high } of filter.port) {
                const count = countIn(set[transport], low, high);
                if (count > 0) any = true;
                if (count < high - low + 1) all = false;
            }
            return all ? EVERYTHING : any ? SOME : NOTHING;
        }
        let setStates = [];

        const setBetween = (from, to, table = cells) =>
            table[peers[from].group * groupCount + peers[to].group];
        const isConnection = (from, to) =>
            from !== to && (peers[from].namespace >= 0 || peers[to].namespace >= 0);

        /* An entry is a row or column: a pod, a unit of like pods, or a namespace. */
        function* pairsBetween(row, column) {
            for (const sender of row.units) {
                for (const receiver of column.units) {
                    const senders = units[sender].peers, receivers = units[receiver].peers;
                    /* Like pods are alike to each other too, so that any two of them will do. */
                    let from = row.peer ?? senders[0];
                    let to = column.peer ?? receivers[receivers.length - 1];
                    if (from === to && row.peer === undefined) from = senders[senders.length - 1];
                    if (from === to && column.peer === undefined) to = receivers[0];
                    if (isConnection(from, to)) yield [from, to];
                }
            }
        }

        const setsBetween = (row, column) => new Set(
            [...pairsBetween(row, column)].map(([from, to]) => setBetween(from, to)));

        /* What the filter lets one see of each set, to tell which differ. */
        let seenTexts = [];
        function seenText(set) {
            if (!filter.port) return set.text;
            return JSON.stringify(filter.port.map(({ transport, low, high }) =>
                set[transport].map(([from, to]) => [Math.max(from, low), Math.min(to, high)])
                    .filter(([from, to]) => from <= to)));
        }

        /* Whether the staged policies change what is seen between two entries. */
        const changes = new Map();
        function isChanged(row, column) {
            if (!todaysCells) return false;
            const key = row.key + "\u0000" + column.key;
            let changed = changes.get(key);
            if (changed === undefined) {
                changed = false;
                for (const [from, to] of pairsBetween(row, column))
                    changed ||= seenTexts[setBetween(from, to)]
                        !== seenTexts[setBetween(from, to, todaysCells)];
                changes.set(key, changed);
            }
            return changed;
        }

        /* How many pairs of pods there are between two entries, how many of them may send something,
           and what they have in common. */
        const known = new Map();
        function tallyBetween(row, column) {
            const key = row.key + "\u0000" + column.key;
            let tally = known.get(key);
            if (tally) return tally;
            tally = { state: NONE, open: 0, all: 0 };
            for (const sender of row.units) {
                for (const receiver of column.units) {
                    const from = units[sender].peers, to = units[receiver].peers;
                    const senders = row.peer === undefined ? from.length : 1;
                    const receivers = column.peer === undefined ? to.length : 1;
                    const pairs = senders * receivers
                        - (sender === receiver ? Math.min(senders, receivers) : 0);
                    const sets = setsBetween({ ...row, units: [sender] },
                        { ...column, units: [receiver] });
                    for (const set of sets) {
                        const next = setStates[set];
                        tally.state = tally.state === NONE || tally.state === next ? next : SOME;
                        tally.all += pairs;
                        if (next !== NOTHING) tally.open += pairs;
                    }
                }
            }
            known.set(key, tally);
            return tally;
        }

        const isSummary = (row, column) => row.units.length + column.units.length > 2;

        function stateBetween(row, column) {
            if (row.peer !== undefined && column.peer !== undefined)
                return isConnection(row.peer, column.peer)
                    ? setStates[setBetween(row.peer, column.peer)] : NONE;
            return tallyBetween(row, column).state;
        }

        const wordsOf = (text) =>
            text.split(/[\s,]+/).map((word) => word.toLowerCase()).filter(Boolean);
        const isWanted = (namespace, words) => words.length === 0
            || words.some((word) => (data.namespaces[namespace] ?? "world").includes(word));

        const folding = { level: "groups", namespaces: new Map(), units: new Map() };

        /* The rows or columns of the namespaces that are wanted. */
        function entriesFor(words) {
            const entries = [];
            const spaces = new Map();
            units.forEach((unit, number) => {
                if (!isWanted(unit.namespace, words)) return;
                if (!spaces.has(unit.namespace)) spaces.set(unit.namespace, []);
                spaces.get(unit.namespace).push(number);
            });
            for (const [namespace, numbers] of spaces) {
                const space = namespace < 0 ? "" : data.namespaces[namespace] + "/";
                /* A few parts of the world are told apart even there. */
                const isOpen = folding.namespaces.get(namespace)
                    ?? (folding.level !== "namespaces" || namespace < 0 && numbers.length <= 12);
                if (!isOpen) {
                    const count = numbers.reduce((sum, unit) => sum + units[unit].peers.length, 0);
                    entries.push({
                        key: "n" + namespace, namespace, units: numbers,
                        label: (data.namespaces[namespace] ?? "outside") + " (" + count + ")" });
                    continue;
                }
                for (const unit of numbers) {
                    const { label, peers: members } = units[unit];
                    const isUnfolded = folding.units.get(unit) ?? folding.level === "pods";
                    if (members.length > 1 && !isUnfolded) {
                        entries.push({
                            key: "u" + unit, namespace, unit, units: [unit],
                            label: space + label });
                        continue;
                    }
                    for (const peer of members)
                        entries.push({
                            key: "p" + peer, namespace, unit, peer, units: [unit],
                            label: peers[peer].name });
                }
            }
            return entries;
        }
        """#
}
