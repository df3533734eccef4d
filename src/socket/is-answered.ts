import { createConnection } from 'node:net'

/** Whether a process listens on a unix socket; a socket that a dead process left is there, and is not answered. */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createConnection(path)
    probe.once('connect', () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
}
