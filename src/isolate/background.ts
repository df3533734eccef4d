/** Who is background, by the names of containers. */
export interface BackgroundRule {
  /** Only containers with one of these texts in their names are workload. */
  readonly targetHints?: readonly string[]
  /** Containers with one of these texts in their names are background. */
  readonly bgHints?: readonly string[]
  /** Container names that are background as they stand, e.g. those seen on an idle node. */
  readonly names?: ReadonlySet<string>
}

/**
 * Tells background containers by their ids. Without any rule nobody is: everything is workload. (The original took the
 * opposite, and read background hints as target hints.)
 */
export function isBackground({ targetHints = [], bgHints = [], names }: BackgroundRule): (id: string) => boolean {
  return (id) => {
    const told = toldNames(id)
    if (names?.has(containerNameOf(id))) return true
    if (bgHints.some((hint) => told.includes(hint))) return true
    return targetHints.length > 0 && !targetHints.some((hint) => told.includes(hint))
  }
}

/** The container name within an id `container_id/pod_name/container_name/container_namespace`; a whole other id. */
function containerNameOf(id: string): string {
  const parts = id.split('/')
  return parts.length === 4 ? parts[2]! : id
}

/** `a, b` as a list of hints. */
export function parseHints(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((hint) => hint.trim())
    .filter((hint) => hint !== '')
}

/** What hints are looked up in: the names, not the random container id. */
function toldNames(id: string): string {
  const parts = id.split('/')
  return parts.length === 4 ? parts.slice(1).join('/') : id
}
