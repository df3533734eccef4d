/** A table of Markdown. */
export function markdownTable(header: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const line = (cells: readonly unknown[]) => `| ${cells.map((cell) => String(cell ?? '')).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

const longest = 300

/** Text of others in Markdown: one short line without HTML, links or the ends of cells. */
export function markdownText(value: unknown): string {
  return String(value ?? '')
    .slice(0, longest)
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replace(/[\\`*[\]|<>&]/g, (character) => `&#${character.charCodeAt(0)};`)
}
