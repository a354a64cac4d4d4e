// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

/// A matrix as a page: a heat map to filter, unfold and ask for reasons.
///
/// It is one file that loads nothing and works from disk. Names from the manifests reach the
/// browser as JSON and the screen as text, never as markup; and the page's own policy
/// (`Content-Security-Policy`) lets no script run but its own.
public struct MatrixPage {
    private let data: PageData

    /// The page of a matrix. What the view shows is what its filters begin with.
    public init(
        _ reachability: Reachability, of cluster: AnalysedCluster, view: MatrixView = MatrixView()
    ) {
        data = PageData(
            reachability, MatrixUnit.all(of: reachability, in: cluster), view: view)
    }

    /// All of the page's program.
    static let script = """
        "use strict";
        (() => {
        \(modelScript)
        \(mapScript)
        \(explanationScript)
        })();
        """

    /// The SHA-256 of ``script`` in base64, by which the page's policy knows it.
    static let scriptDigest = "y9n3eZuCDEy08WLnFVecvGBV+ReitknHZUhcy94ivvw="

    /// Gives the page's text to `put` piece by piece.
    public func write(_ put: ([UInt8]) throws -> Void) rethrows {
        try put(Array(Self.head.utf8))
        try data.write(put)
        try put(Array("</script>\n<script>\(Self.script)</script>\n</body>\n</html>\n".utf8))
    }

    private static let head = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
        style-src 'unsafe-inline'; script-src 'sha256-\(scriptDigest)'">
        <meta name="viewport" content="width=device-width">
        <title>Who reaches whom</title>
        <style>
        \(style)
        </style>
        </head>
        <body>
        <header>
        <h1>Who reaches whom</h1><span id="staged" hidden>as if the staged policies were enforced; </span>\
        <span id="count"></span>
        <form id="filters">
        <label>port <input id="port" size="12" placeholder="80/tcp" autocomplete="off"></label>
        <label>from namespace <input id="senders" size="14" autocomplete="off"></label>
        <label>to namespace <input id="receivers" size="14" autocomplete="off"></label>
        <label>rows <select id="level">
        <option value="namespaces">namespaces</option>
        <option value="groups">pods, like ones together</option>
        <option value="pods">every pod</option>
        </select></label>
        <span><button type="button" id="smaller" title="smaller">−</button>\
        <button type="button" id="larger" title="larger">+</button>\
        <button type="button" id="fit">fit</button></span>
        </form>
        </header>
        <div id="scroll"><div id="space"></div>\
        <canvas id="map" tabindex="0" role="img" \
        aria-label="Heat map: who may send to whom; arrow keys choose a pair"></canvas></div>
        <aside id="details" aria-live="polite">
        <p>Click a cell to see which policies and rules decide. Click a name to unfold or fold it; \
        with Shift, to fold its namespace.</p>
        </aside>
        <footer>
        <span><i class="key everything"></i>✓ everything</span>
        <span><i class="key some"></i>◐ some ports, or some pods (paler: fewer)</span>
        <span><i class="key nothing"></i>× nothing</span>
        <span id="changes" hidden><i class="key change"></i>otherwise than today</span>
        <span id="hover"></span>
        </footer>
        <script type="application/json" id="data">
        """
}
