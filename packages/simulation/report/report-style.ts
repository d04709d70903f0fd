/** Style sheet of the report page. */
export const REPORT_STYLE = `
:root {
  --paper: #fff; --panel: #f6f6f3; --ink: #1c1d1f; --soft: #5f6369; --rule: #dfdfda; --link: #1f5fa8;
  --broken: #b3382c; --noticed: #c47f12; --repair: #2f6fb3; --good: #2c7a4b; --person: #7a4fa3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17181a; --panel: #202225; --ink: #e9e8e4; --soft: #a2a5aa; --rule: #37393d; --link: #8ab8ee;
    --broken: #ec7568; --noticed: #e3ab4c; --repair: #74abea; --good: #67bf8a; --person: #bd97e2;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 3.5rem 1.25rem 5rem; }
h1, h2, h3, p, dl, dd, ul, table { margin: 0; }
h1 { font-size: clamp(1.6rem, 4.5vw, 2.3rem); line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; text-wrap: balance; max-width: 34ch; }
h2 { font-size: 1.4rem; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; text-wrap: balance; }
h3 { font-size: 0.8125rem; font-weight: 600; color: var(--soft); margin-bottom: 0.5rem; }
a { color: var(--link); text-underline-offset: 0.2em; text-decoration-thickness: 1px; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; border-radius: 2px; }
code, pre { font: 0.875em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.eyebrow { color: var(--soft); margin-bottom: 0.5rem; }
dl { display: flex; flex-wrap: wrap; gap: 0.75rem 2.25rem; margin-top: 1.75rem; }
dl > div { min-width: 0; max-width: 34rem; }
dt { font-size: 0.8125rem; color: var(--soft); }
dd { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; }
th, td { text-align: left; vertical-align: baseline; padding: 0.5rem 1.25rem 0.5rem 0; border-bottom: 1px solid var(--rule); font-weight: 400; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-size: 0.8125rem; color: var(--soft); vertical-align: bottom; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
thead .number { white-space: normal; min-width: 5.5rem; }
.plain td { padding-block: 0.3rem; }
.plain td.number { width: 1%; color: var(--soft); }
.scroll { overflow-x: auto; }
.summary { margin-top: 2.5rem; }
.rungs :is(th, td):nth-child(-n+3) { width: 1%; white-space: nowrap; }
.badge { white-space: nowrap; font-weight: 600; font-size: 0.875rem; }
.good { color: var(--good); } .bad { color: var(--broken); } .open { color: var(--noticed); }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; list-style: none; padding: 0; margin-top: 1.25rem; font-size: 0.8125rem; color: var(--soft); }
.swatch { display: inline-block; width: 1.5rem; height: 4px; border-radius: 2px; margin-right: 0.5rem; vertical-align: middle; background: var(--soft); }
.swatch.broken { background: var(--broken); } .swatch.noticed { background: var(--noticed); } .swatch.in-repair { background: var(--repair); }
article { margin-top: 3.5rem; padding-top: 1.75rem; border-top: 2px solid var(--ink); scroll-margin-top: 1rem; }
article > * + * { margin-top: 1.25rem; }
.meta { color: var(--soft); font-size: 0.875rem; margin-top: 0.25rem; display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
.meta code { color: var(--ink); }
.outcome { display: flex; flex-wrap: wrap; gap: 0.25rem 2rem; align-items: baseline; }
.outcome .badge { margin-right: 0.75rem; font-size: 1rem; }
.reason, .speed { color: var(--soft); }
.speed b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.why { flex-basis: 100%; border-left: 3px solid var(--broken); padding-left: 0.75rem; }
.outcome:has(.badge.open) .why { border-color: var(--noticed); }
.outcome:has(.badge.good) .why { border-color: var(--rule); }
.timeline { display: block; width: 100%; height: auto; margin-top: 1.5rem; overflow: visible; }
.timeline text { font-size: 13px; fill: var(--ink); }
.timeline .tick-label { font-size: 11px; fill: var(--soft); font-variant-numeric: tabular-nums; }
.timeline .time { fill: var(--soft); font-variant-numeric: tabular-nums; }
.tick { stroke: var(--rule); }
.leader { stroke: var(--rule); fill: none; }
.track { stroke-width: 4; stroke: var(--rule); }
.track.broken { stroke: var(--broken); } .track.noticed { stroke: var(--noticed); } .track.in-repair { stroke: var(--repair); }
.track.recovered { stroke: var(--good); } .track.handed-off { stroke: var(--person); } .track.skipped { stroke: var(--soft); }
.mark { fill: var(--paper); stroke: var(--soft); stroke-width: 2; stroke-linejoin: round; }
.mark.fault { stroke: var(--broken); stroke-width: 3; }
.mark.alarm { fill: var(--noticed); stroke: var(--paper); }
.mark.decision { fill: var(--soft); stroke: var(--paper); }
.mark.action { fill: var(--repair); stroke: var(--paper); }
.mark.verification { stroke: var(--repair); }
.mark.outcome { fill: var(--ink); stroke: var(--paper); }
summary { cursor: pointer; color: var(--soft); font-size: 0.875rem; width: fit-content; }
.steps { list-style: none; margin: 0.75rem 0 0; padding: 0; font-size: 0.9375rem; }
.steps li { display: grid; grid-template-columns: 1.25rem 4.25rem 1fr; column-gap: 0.6rem; padding-block: 0.2rem; }
.steps time { color: var(--soft); text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.steps span { overflow-wrap: anywhere; min-width: 0; }
.steps .kind { color: var(--soft); }
.steps.narrow { display: none; }
.sign { width: 1.25rem; height: 1.25rem; margin-top: 0.1rem; }
.legend .sign { width: 1.1rem; height: 1.1rem; margin: 0 0.3rem 0 0; vertical-align: -0.25rem; }
.summary .reason { white-space: nowrap; }
.message { background: var(--panel); border-radius: 6px; padding: 1rem 1.25rem; }
.message + .message { margin-top: 0.75rem; }
.subject { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; overflow-wrap: anywhere; }
.subject time { color: var(--soft); font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.message pre { margin: 0.5rem 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.truth { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1.25rem 2.5rem; }
ul { padding-left: 1.1rem; }
.truth li + li, footer li + li { margin-top: 0.25rem; }
article .up { font-size: 0.875rem; }
.none { color: var(--soft); }
footer { margin-top: 3.5rem; padding-top: 1.25rem; border-top: 1px solid var(--rule); color: var(--soft); font-size: 0.9375rem; max-width: 46rem; }
@media screen and (max-width: 50rem) {
  main { padding-top: 2rem; }
  .timeline, .in-words { display: none; }
  .steps.narrow { display: block; border-left: 0; }
  .summary thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .summary tr { display: flex; flex-wrap: wrap; gap: 0 1.25rem; padding-block: 0.75rem; border-bottom: 1px solid var(--rule); }
  .summary :is(th, td) { padding: 0; border: 0; }
  .summary th { flex-basis: 100%; }
  .summary td.number.empty { display: none; }
  .summary td.number::before { content: attr(data-label) " "; color: var(--soft); }
  .summary td.number::after { content: " s"; }
}
@media print {
  article .up { display: none; }
  :root { --paper: #fff; --panel: #f6f6f3; --ink: #000; --soft: #555; --rule: #ccc; --link: #000; --broken: #b3382c; --noticed: #c47f12; --repair: #2f6fb3; --good: #2c7a4b; --person: #7a4fa3; }
  body { font-size: 10.5pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  article { break-before: auto; }
  .timeline, .message, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
