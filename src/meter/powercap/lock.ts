import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { ModelError } from '../../core/errors.js'
import { ownFolder } from './tree.js'

export interface TreeLock {
  /** False where the file system has no sockets: nothing keeps a second meter away then. */
  readonly held: boolean
  release(): Promise<void>
}

/**
 * Keeps a second meter away from a tree, also one in another container: process numbers say nothing there. The lock is a
 * listening socket in the tree: the kernel takes it from a process that was killed.
 *
 * @throws ModelError `UNAVAILABLE` when another meter writes there
 */
export async function lockTree(folder: string): Promise<TreeLock> {
  const own = join(folder, ownFolder)
  mkdirSync(own, { recursive: true })
  // A socket's path may have 107 bytes: this one is short, wherever the folder is.
  const descriptor = openSync(own, 'r')
  const path = `/proc/self/fd/${descriptor}/lock`
  try {
    if (await answers(path)) {
      throw new ModelError(
        'UNAVAILABLE',
        `another power meter writes the tree ${folder}: stop it or name another folder`,
      )
    }
    rmSync(path, { force: true })
    const server = await listen(path)
    return {
      held: server !== undefined,
      async release() {
        if (server) await new Promise((resolve) => server.close(resolve))
        closeSync(descriptor)
      },
    }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function listen(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy())
  server.unref()
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined))
    server.listen(path, () => resolve(server))
  })
}
