/** A command of a `console` block, and what the page says that it prints. */
export interface ShownCommand {
  /** With the lines that continue it. */
  readonly command: string
  /** Empty where the page shows nothing. */
  readonly output: string
}

/** Reads a `console` block: `$ ` begins a command, `> ` continues it, other lines are what it prints. */
export function shownCommands(text: string): readonly ShownCommand[] {
  const commands: { command: string; output: string }[] = []
  for (const line of text.trimEnd().split('\n')) {
    const last = commands.at(-1)
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), output: '' })
    else if (last === undefined) throw new Error('a console block begins with "$ " and a command')
    else if (line.startsWith('> ') && last.output === '') last.command += `\n${line.slice(2)}`
    else last.output += `${line}\n`
  }
  return commands
}

/**
 * Where printed text differs from what a page shows, in words; nothing when it does not. In the page, `...` is any text
 * within a line, and a line of `...` alone any number of lines. White space at the ends of lines does not count.
 */
export function differenceFrom(shown: string, printed: string): string | undefined {
  const expected = linesOf(shown)
  const actual = linesOf(printed)
  const at = (i: number, j: number): readonly [number, number] | undefined => {
    for (; i < expected.length; i++, j++) {
      const line = expected[i]!
      if (line.trim() === '...') {
        if (i === expected.length - 1) return undefined
        let furthest: readonly [number, number] | undefined
        for (let k = j; k <= actual.length; k++) {
          const failed = at(i + 1, k)
          if (!failed) return undefined
          if (!furthest || failed[0] > furthest[0]) furthest = failed
        }
        return furthest
      }
      if (j >= actual.length || !patternOf(line).test(actual[j]!)) return [i, j]
    }
    return j < actual.length ? [i, j] : undefined
  }
  const failed = at(0, 0)
  if (!failed) return undefined
  const [i, j] = failed
  const [wanted, got] = [expected[i] ?? 'nothing more', actual[j] ?? 'nothing more']
  return `the page shows\n    ${wanted}\nand it prints\n    ${got}`
}

function linesOf(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd())
}

function patternOf(line: string): RegExp {
  const parts = line.split('...').map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`)
}
