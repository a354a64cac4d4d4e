// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

import Foundation
import Testing

/// A browser without a window that opens a page from disk, uses it, and tells what it sees.
enum Browser {
    /// Its command; nil if none is installed.
    static let command: String? = ["chromium-headless-shell", "chromium"].lazy
        .flatMap { name in
            (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
                .map { "\($0)/\(name)" }
        }
        .first(where: FileManager.default.isExecutableFile)

    /// What tests of pages say if there is no browser.
    static let missing: Comment = "no browser: Tools/test installs chromium-headless-shell"

    /// Opens a page and runs a script in it that returns what it sees.
    ///
    /// The page's policy lets only its own script run, so this one is let in by name. It has the
    /// functions of ``tools``, and must return a value that JSON has.
    static func open(_ page: String, script: String) throws -> [String: Any] {
        let driver = """
            <script nonce="driver">
            \(tools)
            const seen = (() => { \(script) })();
            const pre = document.createElement("pre");
            pre.id = "seen";
            pre.textContent = btoa(unescape(encodeURIComponent(JSON.stringify(seen))));
            document.body.append(pre);
            </script>
            """
        let policy = "script-src 'nonce-driver' "
        let driven =
            page.replacingOccurrences(of: "script-src ", with: policy)
            .replacingOccurrences(of: "</body>", with: "\(driver)</body>")
        let document = try load(driven)
        guard let start = document.range(of: "<pre id=\"seen\">"),
            let end = document.range(of: "</pre>", range: start.upperBound..<document.endIndex),
            let json = Data(base64Encoded: String(document[start.upperBound..<end.lowerBound])),
            let seen = try JSONSerialization.jsonObject(with: json) as? [String: Any]
        else { throw Failure(reason: "the script came to no end: \(document.suffix(2000))") }
        return seen
    }

    struct Failure: Error {
        var reason: String
    }

    /// The document as it is after all scripts have run.
    private static func load(_ page: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("sluice-browser-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("page.html")
        try Data(page.utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "timeout", "120", command ?? "chromium-headless-shell", "--no-sandbox",
            "--disable-gpu", "--window-size=1280,800", "--host-resolver-rules=MAP * ~NOTFOUND",
            "--user-data-dir=\(folder.path)/profile", "--dump-dom", file.absoluteString,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let document = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(reason: "the browser ended with status \(process.terminationStatus)")
        }
        return String(decoding: document, as: UTF8.self)
    }

    /// Functions that use the page as a person would: by what stands where.
    private static let tools = """
        const byName = (id) => document.getElementById(id);
        const chart = byName("map");
        const layoutNow = () => JSON.parse(chart.dataset.layout);
        function clickAt(x, y, shiftKey) {
            const box = chart.getBoundingClientRect();
            chart.dispatchEvent(new MouseEvent("click", {
                bubbles: true, shiftKey, clientX: box.left + x, clientY: box.top + y }));
        }
        function clickCell(row, column) {
            const { cell, left, top } = layoutNow();
            clickAt(left + (column + 0.5) * cell, top + (row + 0.5) * cell);
            return byName("details").textContent;
        }
        function clickRowName(row) {
            const { cell, top } = layoutNow();
            clickAt(4, top + (row + 0.5) * cell);
        }
        function type(id, text) {
            byName(id).value = text;
            byName(id).dispatchEvent(new Event("input", { bubbles: true }));
        }
        /* Which of the legend's colours a cell has. */
        function colourOf(row, column) {
            const { cell, left, top } = layoutNow();
            const ratio = window.devicePixelRatio || 1;
            const data = chart.getContext("2d").getImageData(
                Math.round((left + column * cell + 2) * ratio),
                Math.round((top + row * cell + 2) * ratio), 1, 1).data;
            for (const name of ["everything", "some", "nothing"]) {
                const colour = getComputedStyle(document.querySelector(".key." + name))
                    .backgroundColor;
                if (colour === "rgb(" + [...data].slice(0, 3).join(", ") + ")"
                    && data[3] === 255) return name;
            }
            return "none";
        }
        function colours() {
            const { rows, columns } = layoutNow();
            return Array.from({ length: rows }, (_, row) =>
                Array.from({ length: columns }, (_, column) => colourOf(row, column)).join(" "));
        }
        """
}
