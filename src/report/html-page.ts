/**
 * The page around the report: one file without scripts and without any request, which a strict content security
 * policy enforces. Light and dark follow the reader's system; the charts take their colours from the variables.
 */
import { html, Markup } from './html.ts'

/** Inline styles are needed (SVG texts carry them); everything else is forbidden. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

const STYLES = new Markup(`
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --surface: #ffffff; --text: #1b2430; --muted: #5d6876; --line: #dde1e7; --band: #e3e8ef;
  --blue: #0072b2; --orange: #d98a00; --vermillion: #d55e00; --green: #009e73; --purple: #b0609a;
  --good: #00734f; --good-bg: #e0f3ec; --bad: #a83a00; --bad-bg: #fdebe1; --neutral: #4a5563; --neutral-bg: #e9edf2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11161d; --surface: #1a212b; --text: #e6eaf0; --muted: #9aa6b4; --line: #303a47; --band: #2b3543;
    --blue: #56b4e9; --orange: #e69f00; --vermillion: #ff7a2f; --green: #2bc79b; --purple: #d58fc0;
    --good: #4fd6ad; --good-bg: #12342b; --bad: #ff9a66; --bad-bg: #41210f; --neutral: #b4c0ce; --neutral-bg: #27303c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 48px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 36px 0 12px; }
h3 { font-size: 14px; margin: 0; overflow-wrap: anywhere; }
p { margin: 0; }
.facts, .caption, footer { color: var(--muted); overflow-wrap: anywhere; }
.caption { font-size: 12px; margin-bottom: 10px; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 16px 19px;
  margin-bottom: 14px; overflow-x: auto; }
.verdict { border-left: 5px solid var(--neutral); }
.verdict.good { border-left-color: var(--good); }
.verdict.bad { border-left-color: var(--bad); }
.verdict strong { font-size: 16px; }
.verdict ul { margin: 6px 0 0; padding-left: 18px; }
.verdicts { margin-top: 20px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(116px, 1fr)); gap: 12px; margin-bottom: 14px; }
.tile { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
.tile b { display: block; font-size: 20px; line-height: 1.3; font-variant-numeric: tabular-nums; white-space: nowrap; }
.tile span { color: var(--muted); font-size: 12px; }
.pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 14px;
  margin-bottom: 14px; }
@media (max-width: 860px) { .pair { grid-template-columns: minmax(0, 1fr); } }
.pair .card { margin: 0; }
svg { display: block; width: 100%; height: auto; }
.full svg { min-width: 680px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 10px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
tr:last-child td { border-bottom: 0; }
th { color: var(--muted); font-size: 12px; font-weight: 600; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
.left { text-align: left; }
td.left { white-space: normal; overflow-wrap: anywhere; min-width: 90px; }
.badge { display: inline-block; padding: 1px 9px; border-radius: 10px; font-size: 12px; font-weight: 600;
  color: var(--neutral); background: var(--neutral-bg); }
.badge.good { color: var(--good); background: var(--good-bg); }
.badge.bad { color: var(--bad); background: var(--bad-bg); }
td.bad { color: var(--bad); }
tr.marked td { font-weight: 600; }
footer { margin-top: 36px; font-size: 12px; border-top: 1px solid var(--line); padding-top: 12px; }
@media print { body { background: none; } main { max-width: none; padding: 0; } .card, .tile { break-inside: avoid; } }
`)

/** A whole HTML document. */
export function htmlPage(title: string, body: Markup): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLES}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.source
}
