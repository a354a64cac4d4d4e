// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

extension MatrixPage {
    /// Why a connection is allowed or not, and what the page does when it is used.
    static let explanationScript = #"""
        const details = byId("details");

        function add(parent, tag, text, className) {
            const element = document.createElement(tag);
            /* Names come from manifests: text, never markup. */
            element.textContent = text;
            if (className) element.className = className;
            parent.append(element);
            return element;
        }

        const holds = (bits, number) => (bits[number >> 3] >> (number & 7)) & 1;

        /* The rules that decide between a region's subject and a class of addresses. */
        function decisions(region, peerClass) {
            return region.rules.flatMap(([policy, index, direction, action, words, reach]) => {
                const packets = reach.filter(([, bits]) => holds(bytesOf(bits), peerClass))
                    .map(([text]) => text);
                if (!packets.length) return [];
                const verb = { allow: "allows", deny: "denies", pass: "passes on" }[action];
                return [verb + " " + packets.join(", ") + ": " + data.policies[policy] + ", "
                    + direction + " rule " + (index + 1) + " (" + words + ")"];
            });
        }

        function explainDirection(title, region, subject, peer) {
            add(details, "h3", title);
            if (region === 0) {
                add(details, "p", subject.isOutside
                    ? "No policy governs what is outside the cluster."
                    : "No policy governs " + subject.name
                        + " in this direction: everything is allowed here.");
                return;
            }
            const { policies, passes, rules } = data.regions[region];
            add(details, "p", "Governed by " + policies.map((policy) =>
                data.policies[policy]).join(", ") + ".", "faint");
            const mine = data.groups[subject.group], theirs = data.groups[peer.group];
            const found = [2, 3].flatMap((family) => mine[family].length
                ? theirs[family].map((peerClass) => ({
                    family: family === 2 ? "IPv4" : "IPv6",
                    lines: decisions({ rules }, peerClass) })) : []);
            if (!found.length) {
                add(details, "p", "The two have no address of one family.");
                return;
            }
            const isAlike = found.every(({ lines }) =>
                JSON.stringify(lines) === JSON.stringify(found[0].lines));
            for (const { family, lines } of isAlike ? found.slice(0, 1) : found) {
                if (!isAlike) add(details, "p", family + ":");
                if (!lines.length) {
                    add(details, "p", rules.length
                        ? "None of their rules is about " + peer.name + "."
                        : "They have no rule that decides anything.");
                }
                const list = add(details, "ul", "");
                for (const line of lines) add(list, "li", line);
            }
            add(details, "p", passes
                ? "What none of the rules decides is allowed: every tier passes it on."
                : "What none of the rules allows is denied: these policies isolate "
                    + subject.name + ".", "faint");
        }

        function explain(row, column) {
            details.replaceChildren();
            add(details, "h2", row.label + " → " + column.label);
            const sets = [...setsBetween(row, column)];
            if (!sets.length) {
                add(details, "p", row.namespace >= 0 && row.key === column.key
                    ? "A pod always reaches itself." : "Between two addresses outside: not asked.");
                return;
            }
            if (isSummary(row, column)) {
                const { open, all } = tallyBetween(row, column);
                add(details, "p", open + " of " + all + " pairs of pods may "
                    + (filter.port ? "use some of these ports" : "send something")
                    + ". What pairs may do, each at least once:");
                const list = add(details, "ul", "");
                for (const set of sets) add(list, "li", data.sets[set].text);
                if (isChanged(row, column))
                    add(details, "p", "The staged policies change some of it.", "changed");
                add(details, "p", "Click the names beside the map to unfold them.", "faint");
                return;
            }
            const allowed = todaysCells ? "Allowed then: " : "Allowed: ";
            const verdict = add(details, "p", allowed + data.sets[sets[0]].text, "verdict");
            if (isChanged(row, column)) {
                const [[from, to]] = pairsBetween(row, column);
                add(details, "p", "Allowed today: "
                    + data.sets[setBetween(from, to, todaysCells)].text, "changed");
            }
            if (filter.port) verdict.append(
                [" — of ", " — part of ", " — all of "][setStates[sets[0]]]
                + byId("port").value.trim() + (setStates[sets[0]] === NOTHING ? " nothing" : ""));
            const members = (entry) => entry.peer !== undefined ? [entry.peer]
                : units[entry.units[0]].peers;
            const from = members(row)[0];
            const to = members(column).find((peer) => peer !== from) ?? from;
            const sender = peers[from], receiver = peers[to];
            const about = (entry, peer) =>
                ({ name: entry.label, group: peer.group, isOutside: peer.namespace < 0 });
            const senderText = about(row, sender), receiverText = about(column, receiver);
            explainDirection("Sending: egress of " + row.label, data.groups[sender.group][0],
                senderText, receiverText);
            explainDirection("Receiving: ingress of " + column.label,
                data.groups[receiver.group][1], receiverText, senderText);
        }

        function choose(row, column) {
            chosen = { row, column };
            draw();
            explain(rows[row], columns[column]);
        }

        /* Unfolds a namespace or a unit; folds a unit that has been unfolded. */
        function fold(entry, isShift) {
            if (isShift) folding.namespaces.set(entry.namespace, false);
            else if (entry.key[0] === "n") folding.namespaces.set(entry.namespace, true);
            else if (entry.key[0] === "u") folding.units.set(entry.unit, true);
            else if (units[entry.unit].peers.length > 1) folding.units.set(entry.unit, false);
            refresh();
        }

        function refresh() {
            const ports = parsePorts(byId("port").value);
            byId("port").setAttribute("aria-invalid", String(ports === undefined));
            if (ports !== undefined) filter.port = ports;
            filter.senders = wordsOf(byId("senders").value);
            filter.receivers = wordsOf(byId("receivers").value);
            setStates = data.sets.map(stateOfSet);
            seenTexts = data.sets.map(seenText);
            known.clear();
            changes.clear();
            rows = entriesFor(filter.senders);
            columns = entriesFor(filter.receivers);
            chosen = null;
            byId("count").textContent = data.podCount + " pods; " + rows.length + " × "
                + columns.length + " shown";
            arrange();
        }

        for (const id of ["port", "senders", "receivers"])
            byId(id).addEventListener("input", refresh);
        byId("filters").addEventListener("submit", (event) => event.preventDefault());
        byId("level").addEventListener("change", () => {
            folding.level = byId("level").value;
            folding.namespaces.clear();
            folding.units.clear();
            refresh();
        });
        const enlarge = (factor) => {
            zoom = Math.max(2, Math.min(32, Math.round(layout.cell * factor)));
            arrange();
        };
        byId("larger").addEventListener("click", () => enlarge(1.5));
        byId("smaller").addEventListener("click", () => enlarge(1 / 1.5));
        byId("fit").addEventListener("click", () => { zoom = 0; arrange(); });
        scroll.addEventListener("scroll", draw);
        window.addEventListener("resize", arrange);
        window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
        map.addEventListener("click", (event) => {
            const place = placeAt(event);
            if (!place) return;
            if (place.row >= 0 && place.column >= 0) choose(place.row, place.column);
            else if (place.row >= 0) fold(rows[place.row], event.shiftKey);
            else if (place.column >= 0) fold(columns[place.column], event.shiftKey);
        });
        map.addEventListener("mousemove", (event) => {
            const place = placeAt(event);
            if (!place || place.row < 0 || place.column < 0) {
                const entry = place && (rows[place.row] ?? columns[place.column]);
                byId("hover").textContent = entry ? entry.label : "";
                return;
            }
            const row = rows[place.row], column = columns[place.column];
            const texts = [...setsBetween(row, column)].map((set) => data.sets[set].text);
            byId("hover").textContent = row.label + " → " + column.label + ": "
                + (texts.length > 3 ? "differs" : texts.join(" / ") || "itself");
        });
        map.addEventListener("keydown", (event) => {
            const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1],
                ArrowRight: [0, 1] }[event.key];
            if (!step || !rows.length || !columns.length) return;
            event.preventDefault();
            const at = chosen ?? { row: 0, column: 0 };
            const within = (value, count) => Math.max(0, Math.min(count - 1, value));
            choose(within(at.row + (chosen ? step[0] : 0), rows.length),
                within(at.column + (chosen ? step[1] : 0), columns.length));
        });
        if (todaysCells) {
            byId("staged").hidden = byId("changes").hidden = false;
        }
        byId("port").value = data.port;
        byId("senders").value = byId("receivers").value = data.namespace;
        if (units.length > 200 && data.namespaces.length > 1) folding.level = "namespaces";
        byId("level").value = folding.level;
        refresh();
        """#
}
