import { readlinkSync } from 'node:fs'
import type { KernelFiles } from '../proc/kernel-files.js'
import { type ContainerIdentity, containerOf } from './container.js'
import { type VirtualMachineIdentity, virtualMachineOf } from './virtual-machine.js'

/** What a process belongs to and runs. */
export interface ProcessIdentity {
  readonly exe: string
  readonly container: ContainerIdentity | undefined
  /** What the container is called by its environment or command line; a pod's own name for it is better. */
  readonly containerName: string
  readonly virtualMachine: VirtualMachineIdentity | undefined
}

const longestName = 256

/**
 * Reads what changes seldom of a process: program, container, virtual machine. What may not be read is empty: program
 * and environment of another user's process need rights that a meter does not have to have.
 *
 * @param folder e.g. `/proc/1234`
 * @returns `undefined` when the process has ended meanwhile
 */
export function readIdentity(files: KernelFiles, folder: string): ProcessIdentity | undefined {
  const cgroup = files.text(`${folder}/cgroup`)
  const commandLine = files.text(`${folder}/cmdline`)
  // Both are gone only together with the process, or where `/proc` hides the processes of others.
  if (cgroup === undefined && commandLine === undefined) return undefined
  const container = containerOf(cgroup ?? '')
  return {
    exe: readExe(`${folder}/exe`),
    container,
    containerName: container ? containerName(files, folder, commandLine ?? '') : '',
    virtualMachine: container ? undefined : virtualMachineOf(commandLine ?? ''),
  }
}

function readExe(path: string): string {
  try {
    return readlinkSync(path).replace(/ \(deleted\)$/, '')
  } catch {
    // A thread of the kernel has none, and other users' are not shown.
    return ''
  }
}

/** As Kepler finds it: `HOSTNAME` or `CONTAINER_NAME` of the environment, else `--name` on the command line. */
function containerName(files: KernelFiles, folder: string, commandLine: string): string {
  const environment = files.text(`${folder}/environ`) ?? ''
  for (const entry of environment.split('\0')) {
    const name = /^(?:HOSTNAME|CONTAINER_NAME)=(.+)/s.exec(entry)?.[1]
    if (name !== undefined) return name.slice(0, longestName)
  }
  const args = commandLine.split('\0')
  const at = args.indexOf('--name', 1)
  const joined = args.find((arg, index) => index > 0 && arg.startsWith('--name='))?.slice('--name='.length)
  return ((at > 0 ? args[at + 1] : undefined) ?? joined ?? '').slice(0, longestName)
}
