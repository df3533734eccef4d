import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { ModelError, messageOf } from '../../core/errors.js'
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
 * @throws ModelError `UNAVAILABLE` when another meter writes there, or nobody can
 */
export async function lockTree(folder: string): Promise<TreeLock> {
  const own = join(folder, ownFolder)
  // A socket's path may have 107 bytes: one through the descriptor is short, wherever the folder is.
  const descriptor = openFolder(own)
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

function openFolder(path: string): number {
  try {
    mkdirSync(path, { recursive: true })
    return openSync(path, 'r')
  } catch (cause) {
    throw new ModelError('UNAVAILABLE', `${path} cannot be written: ${messageOf(cause)}`, { cause })
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
