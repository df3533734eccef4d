import { readdirSync, readFileSync } from 'node:fs'

export interface ProcessMemory {
  /** Megabytes of a process at most, so far. */
  readonly own: number
  /** Of it and all that it started together, at most at one time. */
  readonly tree: number
}

/** Watches the memory of a process and its children on Linux until it is stopped. */
export function watchMemory(pid: number): { stop(): ProcessMemory } {
  let own = 0
  let tree = 0
  const look = () => {
    const all = residentOf(pid)
    own = Math.max(own, all.own)
    tree = Math.max(tree, all.tree)
  }
  const timer = setInterval(look, 50)
  return {
    stop() {
      clearInterval(timer)
      return { own, tree }
    },
  }
}

function residentOf(root: number): ProcessMemory {
  const parents = new Map<number, { parent: number; megabytes: number }>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8')
      const parent = Number(/^PPid:\s+(\d+)/m.exec(status)?.[1])
      const megabytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024
      parents.set(Number(name), { parent, megabytes })
    } catch {
      // It ended between the two looks.
    }
  }
  const below = (pid: number): boolean => {
    const entry = parents.get(pid)
    return pid === root || (entry !== undefined && entry.parent > 0 && below(entry.parent))
  }
  const tree = [...parents].reduce((sum, [pid, { megabytes }]) => sum + (below(pid) ? megabytes : 0), 0)
  return { own: parents.get(root)?.megabytes ?? 0, tree }
}
