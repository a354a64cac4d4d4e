// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

extension MatrixPage {
    /// The heat map: it draws what is in view, however large the matrix is.
    static let mapScript = #"""
        const map = byId("map"), scroll = byId("scroll"), space = byId("space");
        const pen = map.getContext("2d");
        let rows = [], columns = [], zoom = 0, chosen = null;
        const layout = { cell: 20, left: 0, top: 0 };
        const colour = (name) =>
            getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
        const font = "12px system-ui, sans-serif";

        function clip(text, width) {
            if (pen.measureText(text).width <= width) return text;
            let length = text.length;
            while (length > 1 && pen.measureText(text.slice(0, length) + "…").width > width)
                length--;
            return text.slice(0, length) + "…";
        }

        function arrange() {
            pen.font = font;
            const widest = (entries) => entries.slice(0, 2000).reduce((width, entry) =>
                Math.max(width, pen.measureText(entry.label).width), 0);
            layout.left = Math.ceil(Math.min(260, widest(rows))) + 16;
            const across = (scroll.clientWidth - layout.left - 16) / Math.max(1, columns.length);
            const fitting = Math.floor(Math.min(24, across));
            layout.cell = zoom || Math.max(3, fitting);
            layout.top = layout.cell >= 12
                ? Math.ceil(Math.min(200, widest(columns))) + 16 : 24;
            space.style.width = layout.left + columns.length * layout.cell + 12 + "px";
            space.style.height = layout.top + rows.length * layout.cell + 12 + "px";
            map.dataset.layout = JSON.stringify({
                ...layout, rows: rows.length, columns: columns.length });
            draw();
        }

        function draw() {
            const width = scroll.clientWidth, height = scroll.clientHeight;
            const ratio = window.devicePixelRatio || 1;
            if (map.width !== Math.round(width * ratio)
                || map.height !== Math.round(height * ratio)) {
                map.width = Math.round(width * ratio);
                map.height = Math.round(height * ratio);
                map.style.width = width + "px";
                map.style.height = height + "px";
            }
            pen.setTransform(ratio, 0, 0, ratio, 0, 0);
            pen.clearRect(0, 0, width, height);
            const { cell, left, top } = layout;
            const x0 = left - scroll.scrollLeft, y0 = top - scroll.scrollTop;
            const firstRow = Math.max(0, Math.floor(scroll.scrollTop / cell));
            const lastRow = Math.min(rows.length, Math.ceil((height - y0) / cell));
            const firstColumn = Math.max(0, Math.floor(scroll.scrollLeft / cell));
            const lastColumn = Math.min(columns.length, Math.ceil((width - x0) / cell));
            pen.save();
            pen.beginPath();
            pen.rect(left, top, width - left, height - top);
            pen.clip();
            const fills = [colour("nothing"), colour("some"), colour("everything"), null];
            const inks = [colour("onNothing"), colour("onSome"), colour("onEverything")];
            const gap = cell >= 8 ? 1 : 0;
            pen.font = font;
            pen.textAlign = "center";
            pen.textBaseline = "middle";
            for (let row = firstRow; row < lastRow; row++) {
                const y = y0 + row * cell;
                let column = firstColumn;
                while (column < lastColumn) {
                    const state = stateBetween(rows[row], columns[column]);
                    let end = column + 1;
                    /* Small cells of one colour are drawn as one. */
                    while (!gap && end < lastColumn
                        && stateBetween(rows[row], columns[end]) === state) end++;
                    if (fills[state]) {
                        pen.fillStyle = fills[state];
                        if (state === SOME && isSummary(rows[row], columns[column])) {
                            const { open, all } = tallyBetween(rows[row], columns[column]);
                            pen.globalAlpha = 0.2 + 0.8 * open / all;
                        }
                        pen.fillRect(x0 + column * cell, y, (end - column) * cell - gap, cell - gap);
                        pen.globalAlpha = 1;
                        if (cell >= 16) {
                            pen.fillStyle = inks[state];
                            pen.fillText("×◐✓"[state], x0 + (column + 0.5) * cell - 0.5,
                                y + cell / 2);
                        }
                    }
                    column = end;
                }
            }
            if (todaysCells) {
                pen.fillStyle = colour("change");
                const side = Math.max(3, Math.min(8, cell / 2));
                for (let row = firstRow; row < lastRow; row++) {
                    for (let column = firstColumn; column < lastColumn; column++) {
                        if (!isChanged(rows[row], columns[column])) continue;
                        const right = x0 + (column + 1) * cell - gap, y = y0 + row * cell;
                        pen.beginPath();
                        pen.moveTo(right - side, y);
                        pen.lineTo(right, y);
                        pen.lineTo(right, y + side);
                        pen.fill();
                    }
                }
            }
            if (chosen) {
                pen.strokeStyle = colour("choice");
                pen.lineWidth = 2;
                pen.strokeRect(x0 + chosen.column * cell, y0 + chosen.row * cell,
                    Math.max(4, cell - gap), Math.max(4, cell - gap));
            }
            pen.restore();
            drawLines(x0, y0, width, height);
            drawRowLabels(y0, firstRow, lastRow, height);
            drawColumnLabels(x0, firstColumn, lastColumn, width);
        }

        /* Where one namespace ends and the next begins. */
        function drawLines(x0, y0, width, height) {
            const { cell, left, top } = layout;
            const right = Math.min(width, x0 + columns.length * cell);
            const bottom = Math.min(height, y0 + rows.length * cell);
            pen.fillStyle = colour("faint");
            rows.forEach((entry, row) => {
                const y = y0 + row * cell - 1;
                if (row && entry.namespace !== rows[row - 1].namespace && y >= top && y < height)
                    pen.fillRect(left, y, right - left, 1);
            });
            columns.forEach((entry, column) => {
                const x = x0 + column * cell - 1;
                if (column && entry.namespace !== columns[column - 1].namespace
                    && x >= left && x < width) pen.fillRect(x, top, 1, bottom - top);
            });
        }

        /* Every label where there is room, otherwise a namespace's at its beginning. */
        function labels(entries, first, last) {
            if (layout.cell >= 12)
                return entries.slice(first, last).map((entry, index) =>
                    ({ text: entry.label, at: first + index, size: 1 }));
            const found = [];
            for (let at = first; at < last; at++) {
                const namespace = entries[at].namespace;
                if (found.length && found[found.length - 1].namespace === namespace)
                    found[found.length - 1].size++;
                else found.push({
                    namespace, at, size: 1,
                    text: namespace < 0 ? "outside" : data.namespaces[namespace] });
            }
            return found.filter(({ size }) => size * layout.cell >= 12);
        }

        function drawRowLabels(y0, first, last, height) {
            const { cell, left, top } = layout;
            pen.clearRect(0, 0, left, height);
            pen.fillStyle = colour("text");
            pen.font = font;
            pen.textBaseline = "middle";
            pen.textAlign = "right";
            for (const { text, at, size } of labels(rows, first, last)) {
                const y = y0 + (at + size / 2) * cell;
                if (y > top) pen.fillText(clip(text, left - 14), left - 6, y);
            }
            pen.textAlign = "left";
            pen.fillStyle = colour("faint");
            pen.clearRect(0, 0, left, top);
            pen.fillText("from ↓   to →", 8, 12);
        }

        function drawColumnLabels(x0, first, last, width) {
            const { cell, left, top } = layout;
            pen.clearRect(left, 0, width - left, top);
            pen.fillStyle = colour("text");
            pen.font = font;
            pen.textBaseline = "middle";
            for (const { text, at, size } of labels(columns, first, last)) {
                const x = x0 + (at + size / 2) * cell;
                if (x < left) continue;
                pen.save();
                if (cell >= 12) {
                    pen.translate(x, top - 6);
                    pen.rotate(-Math.PI / 2);
                    pen.textAlign = "left";
                    pen.fillText(clip(text, top - 12), 0, 0);
                } else {
                    pen.textAlign = "center";
                    pen.fillText(clip(text, size * cell - 4), x, top - 10);
                }
                pen.restore();
            }
        }

        /* What is at a point of the canvas: a cell, or a row's or column's name. */
        function placeAt(event) {
            const box = map.getBoundingClientRect();
            const x = event.clientX - box.left, y = event.clientY - box.top;
            const { cell, left, top } = layout;
            const row = y < top ? -1 : Math.floor((y - top + scroll.scrollTop) / cell);
            const column = x < left ? -1 : Math.floor((x - left + scroll.scrollLeft) / cell);
            return row < rows.length && column < columns.length ? { row, column } : null;
        }
        """#
}
