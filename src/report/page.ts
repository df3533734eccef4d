import { createHash } from 'node:crypto'
import { type Html, html, trusted } from './html.js'
import { style } from './style.js'

/** A section of a report, with an entry in its list of contents. */
export interface Section {
  /** A word of letters and dashes. */
  readonly id: string
  readonly title: string
  readonly body: Html
}

export interface Page {
  readonly title: string
  readonly lead: Html
  readonly sections: readonly Section[]
  readonly footer: string
}

/** No script runs and nothing is loaded; the style is the one below and no other. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** A whole HTML document that refers to nothing. */
export function pageHtml({ title, lead, sections, footer }: Page): string {
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${lead}
<nav aria-label="Contents"><ul>${sections.map(({ id, title: text }) => html`<li><a href="#${id}">${text}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(
  ({ id, title: text, body }) => html`<section>
<h2 id="${id}">${text}</h2>
${body}
</section>
`,
)}</main>
<footer>${footer}</footer>
</body>
</html>
`
  return markup
}
