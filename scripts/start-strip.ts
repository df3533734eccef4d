/** A line of a terminal: what is typed, or what a program prints. */
export interface StripLine {
  readonly text: string
  readonly typed: boolean
  /** Seconds after which it is there. */
  readonly at: number
}

const lineHeight = 19
const characters = 104
const left = 18
const top = 52
/** Seconds that all of it stands before it begins anew. */
const rest = 6

/**
 * A terminal in which one line after another appears, as SVG that moves by CSS: no script, and for who wants no motion all
 * lines at once.
 */
export function startStrip(title: string, lines: readonly StripLine[]): string {
  const shown = lines.map(({ text, ...line }) => ({ ...line, text: cut(text) }))
  const height = top + shown.length * lineHeight + 14
  const width = 2 * left + characters * 7.83
  const total = Math.max(...shown.map(({ at }) => at)) + rest
  const rows = shown.map(({ text, typed }, i) => {
    const y = top + (i + 0.7) * lineHeight
    const prompt = typed ? '<tspan class="p">$ </tspan>' : ''
    return `<text class="l${i}${typed ? ' t' : ''}" x="${left}" y="${y.toFixed(1)}" xml:space="preserve">${prompt}${escapeXml(text)}</text>`
  })
  const motion = shown.map(({ at }, i) => {
    const start = ((100 * at) / total).toFixed(2)
    const end = ((100 * at) / total + 0.5).toFixed(2)
    return `@keyframes k${i}{0%,${start}%{opacity:0}${end}%,100%{opacity:1}}.l${i}{animation:k${i} ${total}s infinite}`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#dbe2e8}.t{fill:#fff;font-weight:600}.p{fill:#35c79b}@media (prefers-reduced-motion:no-preference){${motion.join('')}}</style>`,
    `<rect width="100%" height="100%" rx="9" fill="#14181d"/><circle cx="22" cy="20" r="6" fill="#d5665b"/><circle cx="42" cy="20" r="6" fill="#e0ad4d"/><circle cx="62" cy="20" r="6" fill="#5fb06a"/>`,
    ...rows,
    '</svg>\n',
  ].join('\n')
}

function cut(text: string): string {
  return text.length > characters ? `${text.slice(0, characters - 1)}…` : text
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
