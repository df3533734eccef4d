import type { ChildProcess } from 'node:child_process'

const maxCharacters = 2000

/** The end of what a process writes to its stderr, for the message of one that fails. @returns what it is by now */
export function stderrTail({ stderr }: ChildProcess): () => string {
  let text = ''
  stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-maxCharacters)
  })
  return () => text.trim()
}
