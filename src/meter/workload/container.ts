/** A container as its cgroup names it, in today's Kepler's words. */
export interface ContainerIdentity {
  readonly id: string
  /** `docker`, `containerd`, `crio`, `podman`, `kubernetes` (by its path alone), `lxc`, `systemd-nspawn`, `unknown` */
  readonly runtime: string
  /** Unique id of its pod, where the path says it. */
  readonly podId: string | undefined
  /** The cgroup of the container itself, below the mount of its hierarchy. */
  readonly cgroup: CgroupPath
}

export interface CgroupPath {
  /** Controllers of a v1 hierarchy, e.g. `cpu,cpuacct`; empty for v2. */
  readonly controllers: string
  readonly path: string
}

interface Found {
  readonly id: string
  readonly runtime: string
}

/** Longest path that is looked at; the kernel's own are below 4096 bytes. */
const longestPath = 8192
const hexadecimal = /^[0-9a-f]{64}$/

/**
 * Finds the container in the text of `/proc/<pid>/cgroup`: the deepest segment that is one, of any hierarchy, as a
 * container may run others inside.
 */
export function containerOf(text: string): ContainerIdentity | undefined {
  let best: { found: Found; depth: number; segments: readonly string[]; controllers: string } | undefined
  for (const line of text.split('\n')) {
    const first = line.indexOf(':')
    const second = line.indexOf(':', first + 1)
    if (first < 0 || second < 0 || line.length > longestPath) continue
    const controllers = line.slice(first + 1, second)
    const segments = line.slice(second + 1).split('/')
    for (let depth = segments.length - 1; depth > (best?.depth ?? 0); depth--) {
      const found = containerSegment(segments, depth)
      if (!found) continue
      best = { found, depth, segments, controllers }
      break
    }
    // Of equally deep ones the hierarchy that counts processor time is of use later.
    if (best && countsCpu(controllers) && !countsCpu(best.controllers)) {
      const found = containerSegment(segments, best.depth)
      if (found?.id === best.found.id) best = { found, depth: best.depth, segments, controllers }
    }
  }
  if (!best) return undefined
  const { found, depth, segments, controllers } = best
  return {
    ...found,
    podId: podOf(segments, depth),
    cgroup: { controllers, path: segments.slice(0, depth + 1).join('/') },
  }
}

/** Whether a hierarchy counts processor time: v2 (no controllers named) or v1's `cpuacct`. */
function countsCpu(controllers: string): boolean {
  return controllers === '' || controllers.split(',').includes('cpuacct')
}

function containerSegment(segments: readonly string[], depth: number): Found | undefined {
  const segment = segments[depth]!
  const parent = segments[depth - 1] ?? ''
  return byPrefix(segment) ?? byParent(segment, parent) ?? systemContainer(segment, parent)
}

/** `docker-<id>.scope`, `cri-containerd-<id>.scope`, `<slice>:cri-containerd:<id>`, `crio-<id>`, `libpod-<id>` ... */
function byPrefix(segment: string): Found | undefined {
  const match =
    /(?:^|:)(docker|cri-containerd|containerd|nerdctl|crio|libpod|libpod-payload)[-:]([0-9a-f]{64})(?:\.scope)?$/.exec(
      segment,
    )
  if (!match) return undefined
  return { id: match[2]!, runtime: runtimes[match[1]!] ?? 'unknown' }
}

const runtimes: Readonly<Record<string, string>> = {
  docker: 'docker',
  'cri-containerd': 'containerd',
  containerd: 'containerd',
  nerdctl: 'containerd',
  crio: 'crio',
  libpod: 'podman',
  'libpod-payload': 'podman',
}

/** `docker/<id>`, `containerd/<id>`, `pod<uid>/<id>`: the cgroupfs driver; any other segment of 64 digits is one too. */
function byParent(segment: string, parent: string): Found | undefined {
  if (!hexadecimal.test(segment)) return undefined
  if (podUid(parent) !== undefined) return { id: segment, runtime: 'kubernetes' }
  return { id: segment, runtime: runtimes[parent] ?? 'unknown' }
}

/** `machine-<name>.scope` and `systemd-nspawn@<name>.service` of systemd, `lxc.payload.<name>` and `lxc/<name>` of LXC. */
function systemContainer(segment: string, parent: string): Found | undefined {
  const lxc = /^lxc\.payload\.(.+)$/.exec(segment)?.[1] ?? (parent === 'lxc' && segment !== '' ? segment : undefined)
  if (lxc !== undefined) return { id: lxc, runtime: 'lxc' }
  const nspawn = /^systemd-nspawn@(.+)\.service$/.exec(segment)?.[1]
  // libvirt registers its machines in the same way: those are virtual machines.
  const machine = /^machine-(?!qemu|lxc)(.+)\.scope$/.exec(segment)?.[1]
  const name = nspawn ?? machine
  return name === undefined ? undefined : { id: unescaped(name), runtime: 'systemd-nspawn' }
}

/** systemd writes `-` in a unit's name as `\x2d`. */
function unescaped(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

function podOf(segments: readonly string[], depth: number): string | undefined {
  for (let at = depth; at >= 0; at--) {
    const uid = podUid(segments[at]!)
    if (uid !== undefined) return uid
  }
  return undefined
}

/** `pod<uid>`, or `kubepods-burstable-pod<uid>.slice` with `_` for `-`, also before a colon. Static pods have 32 digits. */
function podUid(segment: string): string | undefined {
  const match = /(?:^|-)pod([0-9a-f]{8}[0-9a-f_-]{24,28})(?:\.slice)?(?::|$)/.exec(segment)
  return match?.[1]?.replaceAll('_', '-')
}
