import type { Block } from './blocks.js'
import { shownCommands } from './shown-output.js'

/** One thing that the script of a page does, and what the page says that it prints. */
export interface Step {
  readonly block: Block
  readonly output?: string
}

export interface PageScript {
  readonly steps: readonly Step[]
  /** For bash. Step n writes what it prints to `$STEPS/n`, and `$STEPS/current` has the number of the one that runs. */
  readonly script: string
}

/**
 * The blocks of a page as one script, each as it stands: variables, folders and what runs in the background go on from
 * one to the next, as in the terminal of a reader.
 */
export function pageScript(setup: readonly Block[], blocks: readonly Block[]): PageScript {
  const steps: Step[] = []
  const parts: string[] = []
  const add = (block: Block, lines: readonly string[], output?: string) => {
    steps.push(output === undefined ? { block } : { block, output })
    parts.push(`__step ${steps.length - 1}`, ...lines)
  }
  for (const block of [...setup, ...blocks]) {
    const { language, marks, text, line } = block
    const file = marks.get('file')
    const address = marks.get('serves')
    if (file !== undefined) add(block, [`cat >'${file}' <<'__end_of_file'`, text.trimEnd(), '__end_of_file'])
    else if (language === 'ts') add(block, program(text, line), printedBy(text))
    else if (language === 'console') {
      for (const { command, output } of shownCommands(text)) add(block, ending(command, marks.get('exit')), output)
    } else if (address !== undefined) {
      const serve = ['set -m', '{', text.trimEnd(), '} &', 'set +m', `__serving '${address}'`]
      add(block, [`__stop '${address}'`, ...serve])
    } else add(block, ending(text, marks.get('exit')))
  }
  return { steps, script: [prelude, ...parts, '__stop_all', ''].join('\n') }
}

function ending(text: string, code = '0'): readonly string[] {
  if (code === '0') return [text.trimEnd()]
  return ['set +e', text.trimEnd(), `__exited $? ${code}`, 'set -e']
}

/** A program in TypeScript, beside nothing that would resolve the package to its sources. */
function program(text: string, line: number): readonly string[] {
  const file = `line-${line}.ts`
  return [
    `cat >'${file}' <<'__end_of_file'`,
    text.trimEnd(),
    '__end_of_file',
    `TSX_TSCONFIG_PATH=/dev/null node --import tsx '${file}'`,
    `rm '${file}'`,
  ]
}

/** What the comments after `console.log(...)` say that it prints. */
function printedBy(text: string): string {
  return [...text.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(([, shown]) => `${shown}\n`).join('')
}

const prelude = `
set -eE -o pipefail
declare -A __servers
__step() { echo "$1" >"$STEPS/current"; exec >"$STEPS/$1" 2>&1; }
__exited() { [ "$1" = "$2" ] || { echo "exit code $1, not $2"; exit 1; }; }
__answers() { case $1 in http*) curl --silent --fail --insecure --max-time 5 --output /dev/null "$1" ;; *) [ -S "$1" ] ;; esac; }
# Waits until the job that was started last answers, with its output in the file of its step.
__serving() {
  __servers[$1]=$!
  until __answers "$1"; do
    kill -0 "\${__servers[$1]}" 2>/dev/null || { echo "it ended before it answered at $1"; exit 1; }
    sleep 0.2
  done
}
# As Ctrl-C in its terminal. What serves the same address next waits for that.
__stop() {
  local server=\${__servers[$1]:-}
  [ -n "$server" ] || return 0
  unset "__servers[$1]"
  kill -TERM -- "-$server" 2>/dev/null || true
  local code=0
  wait "$server" || code=$?
  case $code in 0 | 130 | 143) ;; *) echo "it ended with exit code $code"; exit 1 ;; esac
}
__stop_all() { for address in "\${!__servers[@]}"; do __stop "$address"; done; }
`
