import type { Block } from './blocks.js'

/** What a block may need that a clone and this machine do not have, and who has it. */
export const peers = Object.freeze({
  prometheus: 'a Prometheus on this machine; run by test/integration/docs.test.ts',
  cluster: 'a Kubernetes or OpenShift cluster',
  docker: 'Docker',
  cloud: 'an account of a cloud',
  python: 'Python with packages of the registry',
  go: 'Go',
  rust: 'Rust',
  browser: 'a browser',
  systemd: 'systemd, and rights',
  registry: 'the npm registry',
  machine: 'this very machine: what it prints, or how long it takes, is different everywhere',
})

const shell = ['needs', 'serves', 'exit', 'setup', 'ci'] as const

/** The marks that a block of a language may have. Other languages need `file` or `needs`. */
const marksOf: Readonly<Record<string, readonly string[]>> = {
  sh: shell,
  console: ['needs', 'exit'],
  ts: ['file', 'signature'],
  json: ['file'],
  yaml: ['file'],
  ini: ['file'],
  csv: ['file'],
  text: ['file'],
}
const others = ['file', 'needs'] as const

/** What is wrong with the language or the marks of a block, in words for its writer. */
export function wrongMarks({ language, marks }: Block, generated: boolean): readonly string[] {
  if (language === '') return ['say its language after the ```; "text" is for what is only looked at']
  if (language === 'bash' || language === 'shell') return [`call the language "sh", not "${language}"`]
  const allowed = marksOf[language] ?? others
  const wrong: string[] = []
  for (const [name, value] of marks) {
    if (!allowed.includes(name))
      wrong.push(`"${name}" is no mark of ${language}: ${allowed.join(', ') || 'it has none'}`)
    if (name === 'needs') {
      for (const peer of value.split(',')) {
        if (!(peer in peers)) wrong.push(`"needs=${peer}" is none of ${Object.keys(peers).join(', ')}`)
      }
    }
    if (name === 'serves' && !/^(https?:\/\/|\/)/.test(value)) wrong.push('serves= takes a URL or the path of a socket')
    if (name === 'exit' && !/^\d+$/.test(value)) wrong.push('exit= takes an exit code')
    if (name === 'file' && !/^[\w][\w./:-]*$/.test(value)) wrong.push('file= takes a path below the clone')
    if (name === 'signature' && !generated) wrong.push('"signature" is for generated pages: show a program that runs')
  }
  if (allowed === others && marks.size === 0) wrong.push(`${language} is not run here: mark it with file= or needs=`)
  return wrong
}
