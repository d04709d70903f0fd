import { type Html, html, Html as RawHtml } from './html.ts';
import { REPORT_STYLE } from './report-style.ts';

/** A report as one page without any outside resource; `style` is added to that of every report. */
export function page(title: string, body: Html, style = ''): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${new RawHtml(`${REPORT_STYLE}\n${style}`)}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.text;
}
