import { createHash } from 'node:crypto'

/** A virtual machine that a process of this host runs, in today's Kepler's words. */
export interface VirtualMachineIdentity {
  readonly id: string
  readonly name: string
  /** `kvm`, `xen`, `virtualbox`, `vmware` */
  readonly hypervisor: string
}

interface Program {
  readonly pattern: RegExp
  readonly hypervisor: string
  id(args: readonly string[]): string | undefined
  name(args: readonly string[]): string | undefined
}

const programs: readonly Program[] = [
  {
    pattern: /(?:^|\/)(?:qemu-system-\w+|qemu-kvm|kvm)$/,
    hypervisor: 'kvm',
    id: (args) => after(args, '-uuid'),
    name: qemuName,
  },
  {
    pattern: /(?:^|\/)(?:VBoxHeadless|VBoxSDL|VirtualBoxVM)$/,
    hypervisor: 'virtualbox',
    id: (args) => after(args, 'startvm') ?? after(args, '-startvm') ?? after(args, '--startvm'),
    name: (args) => after(args, '--comment') ?? after(args, '-comment'),
  },
  {
    pattern: /(?:^|\/)vmware-vmx$/,
    hypervisor: 'vmware',
    id: vmxName,
    name: vmxName,
  },
]

/**
 * Finds the virtual machine that a process runs, by its command line (`/proc/<pid>/cmdline`, arguments end with NUL).
 * The id is the machine's UUID, else its name, else a digest of the command line.
 */
export function virtualMachineOf(commandLine: string): VirtualMachineIdentity | undefined {
  const args = commandLine.split('\0')
  const executable = args[0] ?? ''
  const program = programs.find(({ pattern }) => pattern.test(executable))
  if (!program) return undefined
  const domain = after(args, '-xen-domid')
  const hypervisor = domain === undefined ? program.hypervisor : 'xen'
  const name = program.name(args) || undefined
  const id = domain ?? (program.id(args) || name) ?? digest(commandLine)
  return { id, name: name ?? `${hypervisor}-${id.slice(0, 8)}`, hypervisor }
}

function after(args: readonly string[], option: string): string | undefined {
  const at = args.indexOf(option)
  return at < 0 ? undefined : args[at + 1]
}

/** `-name vm1`, `-name guest=vm1,debug-threads=on`; a comma in a name is written twice. */
function qemuName(args: readonly string[]): string | undefined {
  const value = after(args, '-name') ?? args.find((arg) => arg.startsWith('-name='))?.slice('-name='.length)
  if (value === undefined) return undefined
  const parts = value.replaceAll(',,', '\0').split(',')
  const guest = parts.find((part) => part.startsWith('guest='))?.slice('guest='.length) ?? parts[0]
  return guest?.replaceAll('\0', ',')
}

function vmxName(args: readonly string[]): string | undefined {
  const file = args.find((arg) => arg.endsWith('.vmx'))
  return file?.slice(file.lastIndexOf('/') + 1, -'.vmx'.length)
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
