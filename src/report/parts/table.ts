import { type Html, html } from '../html.js'

/** A column of a table: its title, and whether it holds numbers or sentences. */
export interface TableColumn {
  readonly title: string
  readonly kind?: 'number' | 'sentence'
}

type Cell = Html | string | number | undefined

/** A table with a caption, which scrolls by itself where it is wider than the page. Without rows there is none. */
export function tableHtml(caption: string, columns: readonly TableColumn[], rows: readonly (readonly Cell[])[]): Html {
  if (rows.length === 0) return html``
  const classOf = ({ kind }: TableColumn) =>
    kind === undefined ? html`` : kind === 'number' ? html` class="n"` : html` class="why"`
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${classOf(column)}>${column.title}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (row) => html`<tr>${columns.map((column, i) => html`<td${classOf(column)}>${row[i]}</td>`)}</tr>
`,
)}</tbody>
</table></div>`
}

/** Facts in boxes. */
export function factsHtml(facts: readonly (readonly [text: string, value: string | number])[]): Html {
  return html`<ul class="facts">${facts.map(([text, value]) => html`<li><b>${value}</b>${text}</li>`)}</ul>`
}

/** A sentence for what a list leaves out; nothing where it leaves out nothing. */
export function leftOut(all: number, shown: number, what: string, how: string): Html {
  return all > shown ? html`<p class="lead">${shown} of ${all} ${what} are shown: ${how}.</p>` : html``
}

/** Two digits after the point, and what is no number as a dash. */
export function watts(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–'
  return value >= 1e5 ? value.toExponential(1) : value.toFixed(2)
}
