// SPDX-License-Identifier: Apache-2.0
// Copyright The Sluice Authors

extension MatrixPage {
    /// How the page looks, by day and by night.
    static let style = """
        :root {
            color-scheme: light dark;
            --back: #ffffff; --text: #1c2128; --faint: #667080; --line: #c9cfd8; --panel: #f4f6f8;
            --everything: #128a64; --some: #e8ab1f; --nothing: #e3e6ea; --choice: #1f6feb;
            --change: #b3178a;
            --onEverything: #ffffff; --onSome: #3d2c00; --onNothing: #8a93a0;
        }
        @media (prefers-color-scheme: dark) {
            :root {
                --back: #14171c; --text: #e4e8ee; --faint: #98a2b0; --line: #3a424e;
                --panel: #1d222a; --everything: #2fae83; --some: #d89b16; --nothing: #2a3039;
                --choice: #6aa6ff; --change: #ff7bd8;
                --onEverything: #06251a; --onSome: #2b1f00; --onNothing: #6d7785;
            }
        }
        * { box-sizing: border-box; }
        body {
            margin: 0; height: 100vh; display: grid; grid-template-rows: auto 1fr auto;
            grid-template-columns: 1fr minmax(18rem, 26rem); background: var(--back);
            color: var(--text); font: 14px/1.45 system-ui, sans-serif;
        }
        header { grid-column: 1 / 3; padding: 10px 14px; border-bottom: 1px solid var(--line); }
        h1 { font-size: 16px; margin: 0 12px 0 0; display: inline; }
        form {
            display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; margin-top: 8px;
        }
        label { color: var(--faint); white-space: nowrap; }
        input, select, button {
            font: inherit; color: var(--text); background: var(--back); padding: 2px 6px;
            border: 1px solid var(--line); border-radius: 4px; margin-left: 4px;
        }
        input[aria-invalid="true"] { border-color: #d1242f; outline: 1px solid #d1242f; }
        #scroll { position: relative; overflow: auto; min-height: 0; }
        #space { position: absolute; left: 0; top: 0; }
        #map { position: sticky; left: 0; top: 0; display: block; cursor: crosshair; }
        #map:focus { outline: 2px solid var(--choice); outline-offset: -2px; }
        aside {
            border-left: 1px solid var(--line); background: var(--panel); padding: 12px 14px;
            overflow: auto; overflow-wrap: anywhere;
        }
        aside h2 { font-size: 15px; margin: 0 0 6px; }
        aside h3 { font-size: 13px; margin: 16px 0 4px; }
        aside p { margin: 4px 0; }
        aside ul { margin: 4px 0; padding-left: 18px; }
        aside .changed { color: var(--change); font-weight: 600; }
        .change { background: linear-gradient(225deg, var(--change) 50%, var(--nothing) 50%); }
        aside .faint { color: var(--faint); }
        .verdict { font-weight: 600; }
        footer {
            grid-column: 1 / 3; border-top: 1px solid var(--line); padding: 6px 14px;
            color: var(--faint); display: flex; flex-wrap: wrap; gap: 4px 18px;
        }
        .key { display: inline-block; width: 12px; height: 12px; border-radius: 2px;
            margin-right: 5px; vertical-align: -1px; }
        .everything { background: var(--everything); } .some { background: var(--some); }
        .nothing { background: var(--nothing); border: 1px solid var(--line); }
        #hover { flex: 1; text-align: right; color: var(--text); min-height: 1.45em; }
        @media (max-width: 700px) {
            body { grid-template-columns: 1fr; grid-template-rows: auto 1fr 40vh auto; }
            header, footer { grid-column: 1; }
            aside { border-left: 0; border-top: 1px solid var(--line); }
        }
        """
}
